"""Codes and their uses are written once and stay as they are."""

from django.db import migrations

from loyalty.tenancy.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("codes", "0001_initial")]
    operations = [
        append_only("codes_codebatch"),
        append_only("codes_productcode"),
        append_only("codes_codeuse"),
    ]
