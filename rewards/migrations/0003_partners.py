"""Whose a reward is in a coalition, and where it was taken; a partner may read of its own redemptions."""

from django.db import migrations, models

from loyalty.tenancy.operations import partnered


class Migration(migrations.Migration):

    dependencies = [
        ('rewards', '0002_gift_cards'),
    ]

    operations = [
        migrations.AddField(
            model_name='redemption',
            name='partner_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='reward',
            name='partner_id',
            field=models.UUIDField(null=True),
        ),
        partnered(
            "rewards_redemption", "merchant_id", "id", "member_id", "reward_id", "account_id", "entry_id", "cost",
            "use", "status", "at", "cancelled_at", "partner_id", "actor", where="partner_id = {acting}",
        ),
    ]
