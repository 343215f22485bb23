"""What the runtime may do with these tables, and what the scan role may see of them and of programs that end."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

from loyalty.tenancy.operations import append_only, scannable


class Migration(migrations.Migration):
    dependencies = [("endings", "0001_initial"), ("programs", "0005_rights")]
    operations = [
        append_only("endings_warned"),
        scannable("endings_lastday", "merchant_id", "at"),
        scannable("endings_look", "merchant_id", "next_at"),
        RunSQL(
            "GRANT SELECT (status, ends_at) ON programs_program TO stammgast_scan",
            "REVOKE SELECT (status, ends_at) ON programs_program FROM stammgast_scan",
        ),
    ]
