"""A product code is entered for a member: it gives what it is worth, once.

Rule: docs/rules/codes.md, "Product codes"
"""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids, readable_codes, tenancy
from loyalty.errors import NotFound, Refused
from loyalty.events import recording
from members import locking
from members.models import Member
from programs import catalogue, giving
from programs.codes.models import CodeBatch, ProductCode, WrongCode
from programs.giving import Given
from programs.models import Program
from programs.purchases import MemberGone

WRONG_PER_HOUR = 10
# What is older counts for nothing any more, and is forgotten.
KEPT = timedelta(days=1)


class CodeUnknown(NotFound):
    sentence = _("This code is not known. Please compare it with the one on the pack.")


class CodeUsed(Refused):
    code = "code_used"
    sentence = _("This code has been used already. Each is good once.")


class CodeExpired(Refused):
    code = "code_expired"
    sentence = _("This code was good until %(valid_until)s.")


class CodeClosed(Refused):
    code = "not_eligible"
    sentence = _("Codes of this program are not taken at the moment.")


class TooManyWrongCodes(Refused):
    """retry_after: in seconds."""

    code = "too_many_codes"
    sentence = _("Too many wrong codes were entered. Please try again in an hour.")


@dataclass(frozen=True, slots=True)
class Used:
    """A code that was taken, and what it gave."""

    code: str
    given: Given


def enter(*, member, text) -> Used | Refused:
    """Use a code for a member, or return why not: CodeUnknown, CodeUsed, CodeExpired, CodeClosed, TooManyWrongCodes.

    The refusal is returned and not raised, because a wrong code stays counted: do not roll it back. text: as it was
    typed. Locks the member, then the account; who else enters the same code waits. Raises MemberGone.
    """
    locking.lock([member.id])
    if member.status == Member.Status.ERASED:
        raise MemberGone(member=member.public_id)
    if refusal := _too_many(member):
        return refusal
    row = _find(text)
    if row is None:
        WrongCode.objects.filter(member=member, at__lte=clock.now() - KEPT)._raw_delete("default")
        WrongCode.objects.create(member=member)
        return CodeUnknown()
    try:
        live = _running(row.batch)
        with transaction.atomic():
            return _use(row, live, member)
    except Refused as refusal:
        return refusal


def are_good() -> bool:
    """Whether the merchant in scope has codes whose time is not over."""
    open_ended = Q(valid_until=None) | Q(valid_until__gt=clock.now())
    return CodeBatch.objects.filter(open_ended).exists()


def _running(batch):
    """The batch's program. Raises CodeExpired, CodeClosed."""
    now = clock.now()
    if batch.valid_until is not None and batch.valid_until <= now:
        raise CodeExpired(valid_until=_last_day(batch.valid_until))
    live = catalogue.current(Program.objects.filter(id=batch.program_id))[0]
    if live.program.status != Program.Status.ACTIVE or not catalogue.runs_at(live, now):
        raise CodeClosed(program=live.program.public_id)
    return live


def _use(row, live, member):
    batch, now = row.batch, clock.now()
    _claim(row, member, now)
    rules = giving.rules_for(live, "code")
    name = batch.name or readable_codes.display(row.code)
    worth = {"rule": "code", "name": name, "code": "product_code", "amount": batch.amount}
    occasion = giving.Occasion(member.id, live, f"code:{row.code}", rules, now.astimezone(_zone()), (worth,))
    (given,) = giving.give([occasion])
    recording.record(
        "code.used", member_id=member.id, member=member.public_id, program=live.program.public_id,
        batch=batch.public_id, amount=given.amount,
    )  # fmt: skip
    return Used(row.code, given)


def _find(text):
    """The code that was typed, or None."""
    code = readable_codes.parse(text)
    return ProductCode.objects.select_related("batch").filter(code=code).first() if code else None


def _claim(row, member, now):
    """Write the use. Who else is at it is waited for; after them there is nothing left to write. Raises CodeUsed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO codes_codeuse (merchant_id, id, code_id, member_id, at) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (merchant_id, code_id) DO NOTHING RETURNING id",
            [tenancy.merchant_id(), ids.new(), row.id, member.id, now],
        )
        if cursor.fetchone() is None:
            raise CodeUsed()


def _too_many(member):
    hour_ago = clock.now() - timedelta(hours=1)
    moments = WrongCode.objects.filter(member=member, at__gt=hour_ago).order_by("-at")
    lately = list(moments.values_list("at", flat=True)[:WRONG_PER_HOUR])
    if len(lately) < WRONG_PER_HOUR:
        return None
    return TooManyWrongCodes(retry_after=int((lately[-1] - hour_ago).total_seconds()) + 1)


def _last_day(valid_until):
    """The last day on which it was good, as a date."""
    return (valid_until.astimezone(_zone()) - timedelta(microseconds=1)).date().isoformat()


def _zone():
    return ZoneInfo(tenancy.merchant().timezone)
