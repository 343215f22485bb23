from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_brought_by'),
    ]

    operations = [
        migrations.AddField(
            model_name='member',
            name='kind',
            field=models.CharField(choices=[('person', 'Person'), ('company', 'Company')], db_default='person', default='person', max_length=8),
        ),
    ]
