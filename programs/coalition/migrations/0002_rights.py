"""What the runtime may do with the postings, and what a partner may read of an operator's tables: closed by default."""

from django.db import migrations
from django.db.migrations.operations.special import RunSQL

from loyalty.tenancy.operations import PARTNER_ROLE, append_only, partnered

OWN = "partner_id = {acting}"
ANY = "{acting} IS NOT NULL"


class Migration(migrations.Migration):
    dependencies = [("coalition", "0001_initial"), ("tenancy", "0001_scope")]
    operations = [
        append_only("coalition_posting"),
        append_only("coalition_partnerterms"),
        RunSQL(
            f"GRANT USAGE ON SCHEMA public TO {PARTNER_ROLE}", f"REVOKE USAGE ON SCHEMA public FROM {PARTNER_ROLE}"
        ),
        partnered(
            "programs_purchase", "merchant_id", "id", "member_id", "amount_minor", "discount_minor", "net_minor",
            "refunded_minor", "currency", "items", "discounts", "occurred_at", "recorded_at", "returned_at",
            "partner_id", "external_id", "actor", where=OWN,
        ),
        partnered(
            "programs_refund", "merchant_id", "id", "purchase_id", "amount_minor", "items", "at", "partner_id",
            "actor", where=OWN,
        ),
        partnered(
            "programs_entry", "merchant_id", "id", "account_id", "kind", "amount", "pending_amount", "at",
            "purchase_id", "refund_id", "redemption_id", "partner_id", "actor", where=OWN,
        ),
        partnered("members_member", "merchant_id", "id", "number", "status", "language", where=ANY),
        partnered(
            "programs_account", "merchant_id", "id", "member_id", "program_id", "balance", "pending", "debt", "level",
            where=ANY,
        ),
        partnered(
            "programs_program", "merchant_id", "id", "type", "name", "unit_singular", "unit_plural", "status",
            "starts_at", "ends_at", "redeem_until", where="{acting} IS NOT NULL AND type = 'coalition'",
        ),
        partnered(
            "coalition_partner", "merchant_id", "id", "program_id", "partner_id", "earn", "redeems",
            "points_per_month", "invited_at", "accepted_at", "leaves_at", where=OWN,
        ),
        partnered(
            "coalition_prepaidblock", "merchant_id", "id", "invitation_id", "partner_id", "points", "price_minor",
            "used", "alert_below", "when_used_up", "bought_at", where=OWN,
        ),
        partnered(
            "coalition_posting", "merchant_id", "id", "program_id", "kind", "is_reversal", "payer_kind", "payer_id",
            "payee_kind", "payee_id", "points", "amount_minor", "at", "booked_at",
            where="payer_id = {acting} OR payee_id = {acting}",
        ),
        partnered(
            "coalition_introduction", "merchant_id", "id", "member_id", "partner_id", "name", "at", where=OWN
        ),
    ]
