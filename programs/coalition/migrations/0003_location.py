"""Of its own purchase a partner reads the location, too."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

from loyalty.tenancy.operations import PARTNER_ROLE


class Migration(migrations.Migration):
    dependencies = [("coalition", "0002_rights")]
    operations = [
        RunSQL(
            f"GRANT SELECT (location_id) ON programs_purchase TO {PARTNER_ROLE}",
            f"REVOKE SELECT (location_id) ON programs_purchase FROM {PARTNER_ROLE}",
        )
    ]
