"""Promotions, their codes and letters as the API tells them."""

from django.conf import settings
from django.db.models import Count

from loyalty import clock, ids
from loyalty.rest.rows import jobs
from loyalty.rest.shapes import promotions as shapes
from rewards import vouchers
from rewards.promotions.models import Letter, PromotionCode

SAME = ("name", "code", "count", "usage_limit", "used", "per_member", "members_only", "starts_at", "ends_at",
        "created_at", "created_by")  # fmt: skip


def codes_url(promotion):
    """Where the codes of a promotion are read."""
    return f"{settings.PUBLIC_URL}/api/v1/promotions/{promotion.public_id}/codes"


def pages_url(run):
    """Where the pages of letters are read."""
    promotion = ids.public("prm", run.promotion_id)
    return f"{settings.PUBLIC_URL}/api/v1/promotions/{promotion}/letters/{run.public_id}/pages.pdf"


def made(promotion, codes, job):
    """What asking for a promotion is answered with: its codes, or the job that makes them."""
    if codes is not None:
        told = promotions([promotion])[0].model_dump()
        return shapes.MadePromotion(shapes.CodesOfPromotion(**told, codes=codes))
    return shapes.MadePromotion(shapes.PromotionJob(promotion=promotion.public_id, **jobs.columns(job)))


def promotions(rows):
    """Promotions with how many codes there are: one query, however many promotions."""
    counted = PromotionCode.objects.filter(promotion_id__in=[row.id for row in rows]).values_list(
        "promotion_id"
    )
    there = dict(counted.annotate(count=Count("id")).order_by())
    return [
        shapes.Promotion(
            id=row.public_id, reward=ids.public("rwd", row.reward_id), made=there.get(row.id, 0), status=_status(row),
            job=ids.public("job", row.job_id), **{name: getattr(row, name) for name in SAME},
        )
        for row in rows
    ]  # fmt: skip


def code(row):
    """A single-use code with its voucher."""
    voucher = row.voucher
    return shapes.PromotionCode(
        code=voucher.code, status=vouchers.status(voucher), member=ids.public("mem", voucher.member_id),
        used_at=voucher.used_at, purchase=ids.public("pur", voucher.used_in_id),
    )  # fmt: skip


def use(row):
    """A use with its promotion and voucher."""
    return shapes.PromotionUse(
        code=row.voucher.code if row.voucher_id else row.promotion.code, member=ids.public("mem", row.member_id),
        purchase=ids.public("pur", row.purchase_id), at=row.at, returned_at=row.returned_at, actor=row.actor,
    )  # fmt: skip


def letter_runs(rows):
    """Runs of letters with how many there are by now: one query."""
    written = Letter.objects.filter(run_id__in=[row.id for row in rows], voucher__isnull=False)
    there = dict(written.values_list("run_id").annotate(count=Count("id")).order_by())
    return [
        shapes.LetterRun(
            id=row.public_id, promotion=ids.public("prm", row.promotion_id), count=row.count,
            made=there.get(row.id, 0), url=pages_url(row), job=ids.public("job", row.job_id),
            created_at=row.created_at, created_by=row.created_by,
        )
        for row in rows
    ]  # fmt: skip


def _status(row):
    now = clock.now()
    if row.closed_at:
        return "closed"
    if row.ends_at and row.ends_at <= now:
        return "ended"
    if row.usage_limit is not None and row.used >= row.usage_limit:
        return "used_up"
    return "planned" if row.starts_at and row.starts_at > now else "running"
