"""The relay lists the merchants that have news."""

from django.db import migrations

from loyalty.tenancy.operations import scannable


class Migration(migrations.Migration):
    dependencies = [("events", "0001_initial")]
    operations = [scannable("events_event", "merchant_id", "relayed_at")]
