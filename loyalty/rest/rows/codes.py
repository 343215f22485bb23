"""Codes on packs, and what was given without a purchase, as the API tells them."""

from django.conf import settings
from django.db.models import Count

from loyalty import ids
from loyalty.rest.rows import jobs, members
from loyalty.rest.shapes import codes as shapes
from loyalty.rest.shapes.members import Unlocked
from loyalty.rest.shapes.purchases import Credit
from programs.codes.models import CodeUse, ProductCode
from rewards.models import Reward


def codes_url(batch):
    """Where the codes of a batch are read."""
    return f"{settings.PUBLIC_URL}/api/v1/code-batches/{batch.public_id}/codes"


def made(batch, codes, job):
    """What asking for codes is answered with: the codes, or the job that makes them."""
    if codes is not None:
        return shapes.MadeCodes(shapes.Codes(batch=batch.public_id, codes=codes))
    return shapes.MadeCodes(shapes.CodesJob(batch=batch.public_id, **jobs.columns(job)))


def batches(rows):
    """Batches with their counts: two queries, however many there are."""
    keys = [row.id for row in rows]
    codes = ProductCode.objects.filter(batch_id__in=keys).values_list("batch_id")
    there = dict(codes.annotate(count=Count("id")).order_by())
    uses = CodeUse.objects.filter(code__batch_id__in=keys).values_list("code__batch_id")
    used = dict(uses.annotate(count=Count("id")).order_by())
    return [_batch(row, there.get(row.id, 0), used.get(row.id, 0)) for row in rows]


def codes(rows):
    """Codes with their uses: one query for all of them."""
    uses = {use.code_id: use for use in CodeUse.objects.filter(code_id__in=[row.id for row in rows])}
    return [_code(row, uses.get(row.id)) for row in rows]


def credits(given):
    """What was given without a purchase, in the shape of a purchase's credits."""
    return [
        Credit(
            program=one.occasion.live.program.public_id, amount=one.amount,
            unit=members.unit(one.occasion.live.program), available_at=one.available_at,
            expires_at=one.expires_at, because=members.reasons(one.because, one.occasion.live.program),
        )
        for one in given
    ]  # fmt: skip


def unlocked(given):
    reward_ids = {unlock.reward_id for one in given for unlock in one.unlocks}
    rewards = {row.id: row for row in Reward.objects.filter(id__in=reward_ids)} if reward_ids else {}
    return [
        Unlocked(reward=members.reward_name(rewards[unlock.reward_id]), voucher=None)
        for one in given
        for unlock in one.unlocks
        if unlock.reward_id in rewards
    ]


def _batch(row, there, used):
    return shapes.CodeBatch(
        id=row.public_id, program=ids.public("prg", row.program_id), name=row.name, count=row.count, made=there,
        used=used, gives=shapes.CodeWorth(amount=row.amount), valid_until=row.valid_until,
        job=ids.public("job", row.job_id), created_at=row.created_at, created_by=row.created_by,
    )  # fmt: skip


def _code(row, use):
    return shapes.ProductCode(
        code=row.code,
        used_at=use.at if use else None,
        member=ids.public("mem", use.member_id) if use else None,
    )
