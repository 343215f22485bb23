"""The function that opens a scope.

SET LOCAL inside a function lasts until the transaction ends, and is passed on to the workers of a distributed
database, which set_config() is not.
"""

from django.db import migrations

CREATE = """
CREATE FUNCTION stammgast_scope(merchant text, acting text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SET LOCAL app.merchant = %L', merchant);
    EXECUTE format('SET LOCAL app.acting = %L', acting);
END $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(
            [CREATE, "GRANT USAGE ON SCHEMA public TO stammgast_app, stammgast_scan"],
            "DROP FUNCTION stammgast_scope(text, text)",
        )
    ]
