"""A program ends: earning stops, what is there can be spent for a while, then it expires. And starts, and opens again.

Lots keep their own dates: a program's last day is looked at beside them (programs.lots.ends_at), so that opening it
again brings everything back as it was. Rule: docs/rules/life.md, "Closing".
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock
from loyalty.errors import Invalid, Refused
from loyalty.events import recording
from programs import catalogue
from programs.accounts import Account
from programs.endings.models import LastDay
from programs.models import Program

_MOMENT = timedelta(microseconds=1)
# A draft's start that was not chosen is the moment at which it was made.
_AT_ONCE = timedelta(minutes=1)


class NoticeOver(Refused):
    code = "notice_over"
    sentence = gettext_lazy("What was left in this program has expired. Start a new program instead.")


class ProgramHasStarted(Refused):
    code = "program_has_started"
    sentence = gettext_lazy(
        "Guests collect in this program already, so it cannot be a draft again. Close it instead."
    )


def close(
    program: Program, *, ends_at: datetime | None = None, redeem_until: datetime | None = None, actor=""
) -> Program:
    """End a program: nothing is earned from `ends_at` on (default: now), what is there can be spent until
    `redeem_until` (default: until its own dates) and expires then.

    Said again before it is over, it changes the dates. Locks the program. Raises Invalid, NoticeOver.
    """
    program, now = _locked(program), clock.now()
    if _is_over(program, now):
        raise NoticeOver(program=program.public_id)
    # One that has ended already keeps its end.
    end = ends_at or min(program.ends_at or now, now)
    _check(program, end, redeem_until, now)
    if end <= now:
        # It ends after it starts, also if both are said at the same moment.
        program.starts_at = min(program.starts_at, end - _MOMENT)
    program.ends_at, program.redeem_until = end, redeem_until
    program.status = Program.Status.CLOSED if end <= now else Program.Status.ACTIVE
    _save(program, "starts_at", "ends_at", "redeem_until", "status")
    _note_last_day(program)
    catalogue.announce(program, actor)
    recording.record(
        "program.closing", program=program.public_id, ends_at=end.isoformat(),
        redeem_until=redeem_until.isoformat() if redeem_until else None, actor=actor,
    )  # fmt: skip
    return program


def reopen(program: Program, *, actor="") -> Program:
    """Take a closure back, announced or begun: earning goes on, and what is there keeps its own dates.

    Doing so again changes nothing. Locks the program. Raises NoticeOver when what was left has expired.
    """
    program = _locked(program)
    if _is_over(program, clock.now()):
        raise NoticeOver(program=program.public_id)
    if program.status == Program.Status.ACTIVE and program.ends_at is None:
        return program
    program.status, program.ends_at, program.redeem_until = Program.Status.ACTIVE, None, None
    _save(program, "ends_at", "redeem_until", "status")
    _note_last_day(program)
    catalogue.announce(program, actor)
    recording.record("program.reopened", program=program.public_id, actor=actor)
    return program


def start(program: Program, *, actor="") -> Program:
    """A draft begins: at its start if that was chosen to be earlier or lies ahead, else now. Locks the program."""
    program, now = _locked(program), clock.now()
    if program.status != Program.Status.DRAFT:
        return program
    if program.created_at - _AT_ONCE <= program.starts_at < now:
        # While it was a draft nothing was earned; a start in that time is not one.
        program.starts_at = now
    if program.ends_at is not None and program.ends_at <= program.starts_at:
        raise Invalid({"ends_at": [_("The end must come after the start.")]})
    program.status = Program.Status.ACTIVE
    _save(program, "starts_at", "status")
    catalogue.announce(program, actor)
    return program


def set_status(program: Program, status: str, *, ends_at: datetime | None = None, actor="") -> Program:
    """To a status by its name: "closed" at once (or at `ends_at`), "active" from a draft or again. Raises what the
    verbs raise, and ProgramHasStarted where a program that has accounts shall be a draft."""
    if status == program.status:
        return program
    if status == Program.Status.CLOSED:
        return close(program, ends_at=ends_at, redeem_until=program.redeem_until, actor=actor)
    if status == Program.Status.ACTIVE:
        return (
            start(program, actor=actor)
            if program.status == Program.Status.DRAFT
            else reopen(program, actor=actor)
        )
    if Account.objects.filter(program=program).exists():
        raise ProgramHasStarted(program=program.public_id)
    program = _locked(program)
    program.status = Program.Status.DRAFT
    _save(program, "status")
    catalogue.announce(program, actor)
    return program


def run_due(*, limit=500) -> Counter:
    """Close programs of the merchant in scope whose end has come, and note on up to `limit` accounts that a last day
    has: they are settled like others. Safe to run twice."""
    now, done = clock.now(), Counter()
    ended = Program.objects.filter(status=Program.Status.ACTIVE, ends_at__lte=now).order_by("ends_at", "id")
    for program in ended.select_for_update(skip_locked=True, no_key=True):
        program.status = Program.Status.CLOSED
        _save(program, "status")
        _note_last_day(program)
        catalogue.announce(program, "")
        recording.record("program.closed", at=program.ends_at, program=program.public_id)
        done["program_ends"] += 1
    for last in (
        LastDay.objects.filter(at__lte=now)
        .order_by("at", "id")
        .select_for_update(skip_locked=True, no_key=True)
    ):
        done["last_days"] += _expire_what_is_left(last, limit)
    return +done


def next_due_at() -> datetime | None:
    """When the next program of the merchant in scope ends, or the next last day comes, or None."""
    ends = Program.objects.filter(status=Program.Status.ACTIVE).aggregate(at=Min("ends_at"))["at"]
    last = LastDay.objects.aggregate(at=Min("at"))["at"]
    return min((moment for moment in (ends, last) if moment is not None), default=None)


def _expire_what_is_left(last, limit):
    """Make accounts due that still hold something. Returns how many, or 1 for the last look, which finds none."""
    later = Q(next_due_at=None) | Q(next_due_at__gt=last.at)
    left = Account.objects.filter(later, program_id=last.program_id, balance__gt=0)
    free = left.order_by("id").select_for_update(skip_locked=True, no_key=True)
    ids = list(free.values_list("id", flat=True)[:limit])
    Account.objects.filter(id__in=ids).update(next_due_at=last.at)
    if not ids and not left.exists():
        last.delete()
        return 1
    return len(ids)


def _note_last_day(program):
    """Keep the day on which what is left of an ended program expires."""
    LastDay.objects.filter(program=program)._raw_delete("default")
    if program.redeem_until is not None:
        LastDay.objects.create(program=program, at=program.redeem_until)


def _check(program, ends_at, redeem_until, now):
    wrong = {}
    if ends_at < now and ends_at != program.ends_at:
        wrong["ends_at"] = [_("The end must not lie in the past: what was earned since would be wrong.")]
    elif ends_at > now and ends_at <= program.starts_at:
        wrong["ends_at"] = [_("The end must come after the start.")]
    if redeem_until is not None and (redeem_until < ends_at or redeem_until <= now):
        wrong["redeem_until"] = [_("The last day for spending must come after the end of the program.")]
    if wrong:
        raise Invalid(wrong)


def _is_over(program, now):
    return program.redeem_until is not None and program.redeem_until <= now


def _locked(program):
    return Program.objects.select_for_update(no_key=True).get(id=program.id)


def _save(program, *columns):
    program.save(update_fields=list(columns))
