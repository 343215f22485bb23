"""The audit log is added to, and never changed. Who keeps old answers can be listed."""

from django.db import migrations

from loyalty.tenancy.operations import append_only, scannable


class Migration(migrations.Migration):
    dependencies = [("merchants", "0001_initial")]
    operations = [
        append_only("merchants_auditentry"),
        scannable("merchants_idempotencyrecord", "merchant_id", "created_at"),
    ]
