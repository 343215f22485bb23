"""The audit log is added to, and never changed."""

from django.db import migrations

from loyalty.tenancy.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial")]
    operations = [append_only("merchants_auditentry")]
