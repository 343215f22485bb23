import django.db.models.deletion
import loyalty.clock
import loyalty.ids
import loyalty.tenancy.constraints
import loyalty.tenancy.fields
import loyalty.tenancy.scoping
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('members', '0005_kind'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('merchant_id', loyalty.tenancy.fields.TenantKey(default=loyalty.tenancy.scoping.merchant_id, editable=False)),
                ('id', models.UUIDField(default=loyalty.ids.new, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(blank=True, max_length=160)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('phone', models.CharField(max_length=20, null=True)),
                ('created_at', models.DateTimeField(default=loyalty.clock.now)),
                ('member', loyalty.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.member')),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'default_manager_name': 'objects',
                'indexes': [models.Index(fields=['merchant_id', 'member'], name='contact_of_member')],
            },
        ),
        migrations.AddConstraint(
            model_name='contact',
            constraint=loyalty.tenancy.constraints.Reference('member', name='contact_has_its_member'),
        ),
    ]
