import django.db.models.deletion
from django.db import migrations, models

import loyalty.tenancy.constraints
import loyalty.tenancy.fields


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0002_rights'),
    ]

    operations = [
        migrations.AddField(
            model_name='member',
            name='referred_by',
            field=loyalty.tenancy.fields.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='members.member'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=loyalty.tenancy.constraints.Reference('referred_by', name='member_was_brought_by_a_member'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.CheckConstraint(condition=models.Q(('referred_by', models.F('id')), _negated=True), name='nobody_brings_themselves'),
        ),
    ]
