"""Promotions are made and changed: with one shared code, or with many that are good once each.

Rule: docs/rules/promotions.md, "Promotions".
"""

import re

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, ids
from loyalty.errors import Invalid, Refused
from loyalty.jobs import jobs
from loyalty.tenancy import bulk
from rewards import codes
from rewards.models import Reward, Voucher
from rewards.promotions.models import Promotion, PromotionCode

KIND = "promotion_codes"
AT_ONCE = 1_000
MOST = 1_000_000
CHUNK = 5_000
SHARED = re.compile(r"[A-Z0-9ÄÖÜ]{3,40}")
SEPARATORS = str.maketrans("", "", " \t\r\n\u00a0\u202f-\u2010\u2011\u2012\u2013\u2014_.")


class CodeTaken(Refused):
    code = "code_taken"
    sentence = gettext_lazy("There is a promotion with this code already.")


def make(*, reward, code=None, count=None, name="", result_url=None, actor="", **limits):
    """Make a promotion: (Promotion, [codes], None) up to AT_ONCE codes, (Promotion, None, Job) for more.

    code: shared by all, as it is printed; or count: so many codes, each good once. limits: usage_limit, per_member,
    members_only, starts_at, ends_at. result_url: told the promotion, gives the address at which its codes can be read.
    Raises Invalid, CodeTaken.
    """
    promotion = Promotion(
        reward=reward,
        code=_shared(code),
        count=count,
        name=name.strip() or reward.name,
        created_by=actor,
        **limits,
    )
    _check(promotion)
    if count is None or count <= AT_ONCE:
        _save(promotion)
        return promotion, [promotion.code] if promotion.code else insert(promotion, count), None
    url = result_url(promotion) if result_url else ""
    job = jobs.start(KIND, {"promotion": promotion.public_id}, count, result_url=url)
    promotion.job_id = job.id
    _save(promotion)
    return promotion, None, job


def change(promotion, **columns) -> Promotion:
    """Change name, limits, times, or whether it is closed (`closed`). What was used stays used. Locks the promotion.

    Raises Invalid, also for a limit below what was used.
    """
    promotion = (
        Promotion.objects.select_related("reward")
        .select_for_update(of=("self",), no_key=True)
        .get(id=promotion.id)
    )
    if "closed" in columns:
        columns["closed_at"] = (promotion.closed_at or clock.now()) if columns.pop("closed") else None
    for column, value in columns.items():
        setattr(promotion, column, value)
    _check(promotion)
    promotion.save()
    if "ends_at" in columns:
        # Its codes say themselves until when they are good.
        made = PromotionCode.objects.filter(promotion=promotion).values("voucher_id")
        Voucher.objects.filter(id__in=made, status=Voucher.Status.OPEN).update(valid_until=promotion.ends_at)
    return promotion


def next_chunk(job):
    """The next codes of a job's promotion. What was made is what the job counts: both are one transaction."""
    count = min(CHUNK, job.total - job.done)
    if count:
        insert(lock_by_id(job.params["promotion"]), count)
    return count


def lock_by_id(public_id) -> Promotion:
    """Lock a promotion, so that its end is not changed while codes are made that carry it."""
    rows = Promotion.objects.select_related("reward").select_for_update(of=("self",), no_key=True)
    return rows.get(id=ids.parse(Promotion.prefix, public_id))


def insert(promotion, count, members=()) -> list[str]:
    """Write so many new codes, the n-th for the n-th of `members` (ids), where they are given. Returns the codes."""
    made: list[str] = []
    while len(made) < count:
        fresh = {codes.new() for _place in range(count - len(made))} - set(made)
        taken = set(Voucher.objects.filter(code__in=fresh).values_list("code", flat=True))
        made += fresh - taken
    now, owners = clock.now(), list(members) or [None] * count
    keys = [ids.new() for _code in made]
    bulk.insert(
        Voucher,
        ("id", "code", "reward", "member", "status", "valid_until", "held_by", "created_at"),
        [
            (key, code, promotion.reward_id, owner, Voucher.Status.OPEN.value, promotion.ends_at, "", now)
            for key, code, owner in zip(keys, made, owners, strict=True)
        ],
    )
    bulk.insert(
        PromotionCode, ("id", "promotion", "voucher"), [(ids.new(), promotion.id, key) for key in keys]
    )
    return made


def shared_code(text) -> str:
    """A shared code as it is kept: spaces, hyphens and small letters do not matter."""
    return text.translate(SEPARATORS).upper()


def _shared(text):
    if text is None:
        return None
    code = shared_code(text)
    if not SHARED.fullmatch(code):
        raise Invalid({"code": [_("Write 3 to 40 letters and figures.")]})
    if codes.parse(code) is not None:
        raise Invalid({"code": [_("This could be the code of a voucher. Choose another one.")]})
    return code


def _check(promotion):
    wrong = {}
    if promotion.reward.kind == Reward.Kind.GIFT_CARD:
        wrong["reward"] = [_("A gift card has a code of its own. Choose another reward.")]
    if promotion.count is not None and not 1 <= promotion.count <= MOST:
        wrong["count"] = [_("Write a number from 1 to %(most)s.") % {"most": MOST}]
    if promotion.usage_limit is not None and promotion.usage_limit < promotion.used:
        wrong["usage_limit"] = [_("It was used more often than that already.")]
    if promotion.starts_at and promotion.ends_at and promotion.ends_at <= promotion.starts_at:
        wrong["ends_at"] = [_("The end must come after the start.")]
    if not promotion.name.strip():
        wrong["name"] = [_("A promotion needs a name.")]
    if wrong:
        raise Invalid(wrong)


def _save(promotion):
    try:
        with transaction.atomic():
            promotion.save(force_insert=True)
    except IntegrityError as error:
        if "promotion_code_is_unique" not in str(error):
            raise
        raise CodeTaken(code=promotion.code) from None
