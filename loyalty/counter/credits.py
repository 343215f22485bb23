"""What a purchase gave, or would give, in the counter's words; and why a visit gave nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty import clock, tenancy
from loyalty.counter import guests, tells, words
from loyalty.counter.asking import Tap
from loyalty.counter.tells import Told
from loyalty.design import wording
from members.models import Member
from programs import because
from programs.models import Credit
from programs.purchases import Recorded
from rewards import standing


@dataclass(frozen=True)
class Gives:
    """The line below the amount. something: whether the purchase gives anything at all."""

    something: bool
    sentence: str
    reasons: Sequence[str]
    before: str
    after: str


def gives(member: Member, recorded: Recorded) -> Gives:
    """What a previewed purchase would give, why, and where that leads."""
    parts = [
        words.units(line.amount, line.program, in_words=True) for line in recorded.credits if line.amount
    ]
    sentence = (
        _("That gives %(what)s.") % {"what": words.listed(parts)} if parts else _("That gives nothing yet.")
    )
    standings = standing.of(member)
    before = ", ".join(_has(standings))
    return Gives(bool(parts), sentence, reasons(recorded), before, _after(standings, recorded))


def reasons(recorded: Recorded) -> list[str]:
    """Why: the base of each program, and every rule that added something."""
    currency = tenancy.merchant().currency
    return [
        because.sentence(row, program=line.program, currency=currency)
        for line in recorded.credits for row in line.because
        if row["amount"] or row["rule"] == "earn" or row["code"] == "multiplied"
    ]  # fmt: skip


def _after(standings, recorded):
    given = {line.program.id: line for line in recorded.credits}
    told = []
    for one in standings:
        line = given.get(one.program.id)
        pending = line is not None and line.credit.available_at and line.credit.available_at > clock.now()
        spendable = one.spendable + (line.amount if line and not pending else 0)
        if line and any(unlock.account_id == one.account_id for unlock in recorded.unlocks):
            told.append(_("the card is full"))
            continue
        ahead = one.next_reward
        text = words.has_now(one, spendable, alone=len(standings) == 1)
        if ahead and ahead.at > spendable and not one.stamps_required:
            missing = wording.plain(ahead.at - spendable, words.language())
            facts = {"has": text, "missing": missing, "reward": ahead.reward.name}
            text = _("%(has)s, %(missing)s to: %(reward)s") % facts
        told.append(text)
    return ", ".join(told)


def told(member: Member, recorded: Recorded, tap: Tap, *, thing) -> Told:
    """Success: what was given, what the guest has now, what is next."""
    member.refresh_from_db()
    standings = {one.program.id: one for one in standing.of(member)}
    given = [line for line in recorded.credits if line.amount]
    stamped = [line for line in given if standings[line.program.id].stamps_required]
    parts = [words.units(line.amount, line.program, in_words=True) for line in given]
    if tap.stamps:
        title, text = _("Stamped"), words.several_stamps(tap.stamps)
    elif given:
        title, text = _("Credited"), words.upper_first(words.listed(parts))
    else:
        title, text = _("Noted"), _money(tap.amount_minor)
    name = guests.name_of(member)
    changed = [standings[line.program.id] for line in given] or list(standings.values())
    return tells.done(
        title, _line(name, recorded, changed), _note(recorded, changed, given, tap), thing=thing,
        text=_("%(what)s for %(name)s") % {"what": text, "name": name},
        stamp=_stamp(recorded.purchase.id) if stamped else None, icon="" if stamped else "circle-plus",
    )  # fmt: skip


def told_of_stamp(member: Member, *, thing) -> Told:
    """Success of one stamp that no purchase gave."""
    one = next(one for one in standing.of(member) if one.stamps_required)
    name = guests.name_of(member)
    text = _("%(what)s for %(name)s") % {"what": words.several_stamps(1), "name": name}
    return tells.done(
        _("Stamped"),
        _now_has(name, [one]),
        guests.next_step(one),
        text=text,
        thing=thing,
        stamp=_stamp(thing["member"]),
    )


def why_not(recorded: Recorded, member: Member, at: datetime) -> Told:
    """Why a visit gave nothing. The caller undoes the purchase, so that nothing was booked."""
    rows = [(line, row) for line in recorded.credits for row in line.because if row["rule"] == "earn"]
    for line, row in rows:
        if row["code"] == "cooldown":
            return _too_early(line, member, at)
        if row["code"] == "limited" and row["period"] == "day":
            return tells.enough_for_today(row["limit"], line.program, card=member.number)
    if not rows:
        return tells.no_stamp(_("No program runs here at the moment."))
    line, row = rows[0]
    return tells.no_stamp(because.sentence(row, program=line.program, currency=tenancy.merchant().currency))


def _too_early(line, member, at):
    given = Credit.objects.filter(
        account_id=line.credit.account_id, amount__gt=F("taken_back"), occurred_at__lte=at
    )
    last = given.select_related("purchase").order_by("-occurred_at").first()
    live = next(one.live for one in standing.of(member) if one.program.id == line.program.id)
    if last is None:
        # A booking that waited so long that a later one is already there.
        return tells.no_stamp(_("A stamp of nearly the same time is there already."))
    return tells.too_early(
        who=last.purchase.actor, last_at=last.occurred_at, cooldown=live.type.cooldown(live.settings), now=at,
        card=member.number,
    )  # fmt: skip


def _line(name, recorded, changed):
    if recorded.unlocks:
        return _("%(name)s has a full card.") % {"name": name}
    return _now_has(name, changed)


def _now_has(name, standings):
    has = words.listed(_has(standings))
    return _("%(name)s now has %(has)s.") % {"name": name, "has": has}


def _has(standings):
    return [words.has_now(one, one.spendable, alone=len(standings) == 1) for one in standings]


def _note(recorded, changed, given, tap):
    if recorded.unlocks:
        named = [one.unlocked[-1].name for one in changed if one.unlocked]
        return _("Reward ready: %(reward)s.") % {"reward": words.listed(named)}
    if tap.stamps:
        return guests.next_step(changed[0]) if changed else ""
    if len(given) == len(recorded.credits):
        parts = [words.units(line.amount, line.program) for line in given]
        return _("That was %(what)s.") % {"what": words.listed(parts)}
    return " ".join(reasons(recorded))


def _money(amount_minor):
    return wording.amount(amount_minor, tenancy.merchant().currency, words.language())


def _stamp(seed):
    day = timezone.localtime(clock.now()).date()
    return {
        "motif": tenancy.merchant().motif, "seed": str(seed), "label": wording.stamp_day(day, words.language())
    }  # fmt: skip
