"""More kinds of rewards; who may have them, what a discount is taken off, and who waits for a place."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0005_kind"),
        ("merchants", "0002_rights"),
        ("programs", "0005_rights"),
        ("rewards", "0004_held_and_given_on"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="redemption",
            name="redemption_is_cancelled_at_a_time",
        ),
        migrations.AddField(
            model_name="redemption",
            name="text",
            field=models.CharField(blank=True, db_default="", default="", max_length=240),
        ),
        migrations.AddField(
            model_name="reward",
            name="applies_to",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddField(
            model_name="reward",
            name="brands",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="reward",
            name="capacity",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="categories",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="reward",
            name="early_access",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="exclusive",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="reward",
            name="most_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="partner_name",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AddField(
            model_name="reward",
            name="partner_price_minor",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="segments",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="reward",
            name="takes_place_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="reward",
            name="tiers",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="reward",
            name="unlock",
            field=models.JSONField(null=True),
        ),
        migrations.AlterField(
            model_name="redemption",
            name="status",
            field=models.CharField(
                choices=[("done", "Done"), ("waiting", "Waiting"), ("cancelled", "Cancelled")],
                default="done",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="reward",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("amount_off", "Amount off"),
                    ("percent_off", "Percent off"),
                    ("gift_card", "Gift card"),
                    ("free_shipping", "Free shipping"),
                    ("experience", "Experience"),
                    ("service", "Service"),
                    ("recognition", "Recognition"),
                    ("partner", "From a partner"),
                ],
                default="product",
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                condition=models.Q(("status", "waiting")),
                fields=["merchant_id", "reward", "at", "id"],
                name="redemption_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cancelled_at__isnull", False), ("status", "cancelled")),
                    models.Q(("cancelled_at__isnull", True), ("status__in", ["done", "waiting"])),
                    _connector="OR",
                ),
                name="redemption_is_cancelled_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="redemption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "waiting"), _negated=True), ("entry__isnull", True), _connector="OR"
                ),
                name="who_waits_has_not_paid",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("capacity__isnull", True), ("taken__lte", models.F("capacity")), _connector="OR"
                ),
                name="no_more_places_are_taken_than_there_are",
            ),
        ),
    ]
