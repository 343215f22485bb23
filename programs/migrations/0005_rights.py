"""What the runtime may do with the new tables, and what the scan role may see of them."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

from loyalty.tenancy.operations import append_only, scannable


class Migration(migrations.Migration):
    dependencies = [("programs", "0004_levels_and_bonuses")]
    operations = [
        append_only("programs_levelchange"),
        RunSQL(
            "GRANT SELECT (review_at) ON programs_account TO stammgast_scan",
            "REVOKE SELECT (review_at) ON programs_account FROM stammgast_scan",
        ),
        scannable("programs_program", "merchant_id", "next_due_at"),
    ]
