"""Vouchers are held for a sale, and some may be given to a friend."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rewards", "0003_partners")]
    operations = [
        migrations.AddField(
            model_name="reward", name="transferable", field=models.BooleanField(default=False)
        ),
        migrations.AddField(model_name="voucher", name="held_until", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="voucher",
            name="held_by",
            field=models.CharField(blank=True, default="", max_length=160),
        ),
    ]
