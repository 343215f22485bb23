from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0003_referred_by'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('referred_by__isnull', False)), fields=['merchant_id', 'referred_by'], name='member_brought_by'),
        ),
    ]
