"""Birthdays and anniversaries: given in the course of the day, without a purchase. Safe to run twice.

Rule: docs/rules/occasions.md, "Birthdays and anniversaries"
"""

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import ExtractDay, ExtractMonth

from loyalty import clock, ids, tenancy
from members.models import Member
from programs import catalogue, giving
from programs.accounts import Account
from programs.bonuses import Bonus
from programs.expiry import midnight
from programs.models import Program, Purchase

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# A day on which no worker ran is made up for until the third.
DAYS_MADE_UP_FOR = 3


def run_due(*, limit=500) -> Counter:
    """Give what is due in the programs of the merchant in scope, to about `limit` members; count them.

    Locks each program, then the members, as far as nobody else holds them: those stay due.
    """
    due = Program.objects.filter(next_due_at__lte=clock.now()).order_by("id")
    given = 0
    for program in due.select_for_update(skip_locked=True, no_key=True):
        given += _run(program, limit - given)
        if given >= limit:
            break
    return Counter(occasions=given) if given else Counter()


def next_due_at() -> datetime | None:
    """When the merchant in scope has somebody to give to next; days on which there is nobody are passed over.

    It is computed from the members as they are now, so it holds while nobody joins or changes: while a clock is turned.
    """
    rows = Program.objects.filter(next_due_at__isnull=False)
    return min((at for at in map(_next_due_at, rows) if at is not None), default=None)


def _next_due_at(program):
    """Of one program. `program.next_due_at` says when it is looked at again."""
    now, timezone = clock.now(), tenancy.merchant().timezone
    live = _live(program)
    at = max(program.next_due_at, now)
    rules = _rules(live)
    if not rules or not _is_open(program, at):
        # What the program is looked at for is to find out that there is nothing more.
        return program.next_due_at
    if any(
        _pending(live, rule, day).exists() for day, rule in _days_and_rules(live, program.next_due_at, at)
    ):
        return program.next_due_at
    day = _next_day({one for rule in rules for one in _month_days(rule)}, _local(at).date())
    return midnight(day, timezone) if day else None


def _run(program, limit):
    """Give what is due in one program to up to `limit` members; then say when it is looked at next."""
    now, live = clock.now(), _live(program)
    given, is_complete = 0, True
    if _is_open(program, now):
        for day, rule in _days_and_rules(live, program.next_due_at, now):
            wanted = list(_pending(live, rule, day).values_list("id", flat=True)[: limit - given])
            given += _give(live, rule, day, free := _lock_free(wanted))
            is_complete = is_complete and len(free) == len(wanted)
            if given >= limit:
                return given
    if is_complete:
        program.next_due_at = _again_at(program, live, now)
        program.save(update_fields=["next_due_at"])
    return given


def _give(live, rule, day, member_ids):
    key, asked_at = f"{rule.when.event}:{day.year}", _asked_at(rule, day)
    occasions = [giving.Occasion(member_id, live, key, (rule,), asked_at) for member_id in member_ids]
    return sum(not one.is_repeat for one in giving.give(occasions))


def _lock_free(member_ids):
    """Lock those of the members that nobody else holds, in id order."""
    rows = Member.objects.filter(id__in=member_ids, status=Member.Status.ACTIVE).order_by("id")
    return list(rows.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True))


def _again_at(program, live, now):
    """In an hour, for who joins in the course of the day, and at midnight, as long as the program runs and has such
    rules; None where that is over."""
    if program.status != Program.Status.ACTIVE or not _rules(live):
        return None
    if now < program.starts_at:
        return program.starts_at
    if program.ends_at is not None and program.ends_at <= now:
        return None
    return min(now + HOUR, _end(_local(now).date()))


def _days_and_rules(live, since, now):
    """(day, rule) of all that may be given at `now`, when the program was to be looked at `since`: oldest day first.

    A look at midnight also looks at the day that has ended: whose birthday was entered in its last hour is found then.
    A rule gives for the days at whose end it was there.
    """
    today, first = _local(now).date(), _local(since).date()
    if _local(since).time() == time():
        first -= DAY
    day = max(first, today - (DAYS_MADE_UP_FOR - 1) * DAY)
    found = []
    while day <= today:
        then = catalogue.as_of(live, min(now, _end(day) - timedelta(microseconds=1)))
        found += [(day, rule) for rule in _rules(then) if _is_open(live.program, min(now, _end(day)))]
        day += DAY
    return found


def _pending(live, rule, day):
    """Members who have the rule's occasion on a day, and have not been given for it."""
    given = Bonus.objects.filter(
        account__member_id=OuterRef("id"), account__program_id=live.program.id, withdrawn_at=None,
        rule_id=ids.parse("rul", rule.id), occasion=f"{rule.when.event}:{day.year}",
    )  # fmt: skip
    members = Member.objects.filter(~Exists(given), status=Member.Status.ACTIVE, joined_at__lt=_end(day))
    if not live.program.auto_enrol:
        members = members.filter(
            Exists(Account.objects.filter(member_id=OuterRef("id"), program=live.program))
        )
    return _having(members, rule, day).order_by("id")


def _having(members, rule, day):
    """Those of the members whose occasion falls on the day."""
    if rule.when.event == "birthday":
        on_it = Q()
        for month, of_month in _sources(day):
            on_it |= Q(birthday__month=month, birthday__day=of_month)
        return members.filter(on_it, birthday__lt=day)
    if rule.when.of != "first_purchase":
        earliest = Member.objects.aggregate(at=Min("joined_at"))["at"]
        return members.filter(_in_years_before(day, earliest, "joined_at"))
    bought = Purchase.objects.filter(member__isnull=False, returned_at=None)
    earliest = bought.aggregate(at=Min("occurred_at"))["at"]
    # Who bought something on such a day is looked up first: there are few, and the purchases of all are many.
    then = bought.filter(_in_years_before(day, earliest, "occurred_at"))
    first = bought.filter(member_id=OuterRef("id")).order_by("occurred_at").values("occurred_at")[:1]
    found = members.filter(id__in=then.values("member_id")).annotate(first_bought_at=Subquery(first))
    return found.filter(_in_years_before(day, earliest, "first_bought_at"))


def _in_years_before(day, earliest, column):
    """A condition: the moment lies on the same calendar day of an earlier year, in the merchant's timezone."""
    on_it = Q(pk__in=[])
    for year in range(_local(earliest).year if earliest else day.year, day.year):
        for month, of_month in _sources(day):
            if (then := _day(year, month, of_month)) is not None:
                on_it |= Q(**{f"{column}__gte": _start(then), f"{column}__lt": _end(then)})
    return on_it


def _sources(day):
    """The (month, day) that are celebrated on a day: on 28 February also the 29th, in years without one."""
    own = (day.month, day.day)
    return [own, (2, 29)] if own == (2, 28) and _day(day.year, 2, 29) is None else [own]


def _month_days(rule):
    """The (month, day) on which any member has the rule's occasion."""
    rows, column = Member.objects.filter(status=Member.Status.ACTIVE), "birthday"
    if rule.when.event == "anniversary":
        column = "joined_at"
        if rule.when.of == "first_purchase":
            rows = Purchase.objects.filter(member__isnull=False, returned_at=None)
            column = "occurred_at"
    zone = {} if column == "birthday" else {"tzinfo": ZoneInfo(tenancy.merchant().timezone)}
    rows = rows.filter(**{f"{column}__isnull": False})
    rows = rows.annotate(month=ExtractMonth(column, **zone), of_month=ExtractDay(column, **zone))
    return set(rows.order_by().values_list("month", "of_month").distinct())


def _next_day(month_days, after):
    """The first day after a date that is one of these (month, day), or stands for one; None without any."""
    days = (after + number * DAY for number in range(1, 367))
    return next((day for day in days if month_days & set(_sources(day))), None)


def _asked_at(rule, day):
    """The moment of a day that the rule's conditions look at: hours do not matter to what is given for a whole day."""
    at = datetime.combine(day, time.fromisoformat(rule.if_.from_ or "00:00"), _zone())
    starts_at = rule.if_.starts_at
    return starts_at.astimezone(_zone()) if starts_at and _start(day) <= starts_at < _end(day) else at


def _live(program):
    return catalogue.current(Program.objects.filter(id=program.id))[0]


def _rules(live):
    return giving.rules_for(live, "birthday", "anniversary")


def _is_open(program, at):
    if program.status != Program.Status.ACTIVE or at < program.starts_at:
        return False
    return program.ends_at is None or at < program.ends_at


def _zone():
    return ZoneInfo(tenancy.merchant().timezone)


def _local(moment):
    return moment.astimezone(_zone())


def _start(day):
    return midnight(day, tenancy.merchant().timezone)


def _end(day):
    return midnight(day + DAY, tenancy.merchant().timezone)


def _day(year, month, of_month):
    try:
        return date(year, month, of_month)
    except ValueError:
        return None
