"""The scan role may see who has rewards that are handed out without being asked for."""

from django.db import migrations

from loyalty.tenancy.operations import scannable


class Migration(migrations.Migration):
    dependencies = [("endings", "0002_rights"), ("programs", "0005_rights")]
    operations = [scannable("programs_unlock", "merchant_id", "status", "as_voucher")]
