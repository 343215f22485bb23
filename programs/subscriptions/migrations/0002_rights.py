"""What the runtime may do with payments and events, and what the scan role may see of subscriptions."""

from django.db import migrations

from loyalty.tenancy.operations import append_only, scannable


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial")]
    operations = [
        append_only("subscriptions_payment"),
        append_only("subscriptions_stripeevent"),
        scannable("subscriptions_subscription", "merchant_id", "next_due_at"),
    ]
