"""The sender lists the merchants that have messages to send."""

from django.db import migrations

from loyalty.tenancy.operations import scannable


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [scannable("campaigns_message", "merchant_id", "status", "due_at", "claimed_at")]
