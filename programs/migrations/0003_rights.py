"""What the runtime may do with the books, and what the scan role may see of them."""

from django.db import migrations

from loyalty.tenancy.operations import append_only, scannable


class Migration(migrations.Migration):
    dependencies = [("programs", "0002_initial")]
    operations = [
        append_only("programs_entry"),
        append_only("programs_lotuse"),
        append_only("programs_programversion"),
        append_only("programs_refund"),
        scannable("programs_account", "merchant_id", "next_due_at"),
    ]
