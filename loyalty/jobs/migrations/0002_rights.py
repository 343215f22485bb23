"""The workers list the jobs that nobody is at."""

from django.db import migrations

from loyalty.tenancy.operations import scannable


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [scannable("jobs_job", "merchant_id", "id", "status", "claimed_until")]
