"""What finds messages that are due within a merchant, or left behind; and whose summaries are written."""

from django.db import migrations, models

from loyalty.tenancy.operations import scannable


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_rights")]
    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("status", "sending")), fields=["claimed_at"], name="message_on_its_way"
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("status", "due")),
                fields=["merchant_id", "due_at"],
                name="message_due_here",
            ),
        ),
        scannable("campaigns_monthlysummaryrun", "merchant_id", "month", "finished_at"),
    ]
