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
from programs.catalogue import Live
from programs.models import Credit, Purchase
from programs.purchases import Recorded
from programs.units import counts_money
from rewards import codes, levels, standing
from rewards.models import Reward


@dataclass(frozen=True)
class Gives:
    """The line below the amount. something: whether the purchase gives anything at all. pay: what is to be asked for,
    where that is less than the amount."""

    something: bool
    sentence: str
    reasons: Sequence[str]
    before: str
    after: str
    pay: str = ""


# What a program says to its members that gives them nothing at this purchase; the cashier reads it in the tags.
_FOR_MEMBERS = ("counted", "discount_card", "vip", "no_subscription")


def gives(member: Member, recorded: Recorded) -> Gives:
    """What a previewed purchase would give, why, and where that leads."""
    sentence = _sentence(recorded)
    standings = standing.of(member)
    before = ", ".join(_has(standings))
    something = bool(_given(recorded) or recorded.purchase.discount_minor)
    return Gives(
        something, sentence, reasons(recorded), before, _after(standings, recorded), to_pay(recorded.purchase)
    )


def to_pay(purchase: Purchase) -> str:
    """ "To pay: 8.95 €", where something is taken off the amount that was entered; else ""."""
    if purchase.net_minor == purchase.amount_minor:
        return ""
    return _("To pay: %(amount)s") % {"amount": _money(purchase.net_minor)}


def _sentence(recorded):
    if parts := [words.units(one.amount, one.program, in_words=True) for one in _collected(recorded)]:
        return _("That gives %(what)s.") % {"what": words.listed(parts)}
    if counted := _given(recorded):
        return _("%(money)s is counted.") % {"money": words.units(counted[0].amount, counted[0].program)}
    if any(row["code"] == "counted" for one in recorded.credits for row in one.because):
        return _("That counts towards the next tier.")
    return "" if recorded.purchase.discount_minor else _("That gives nothing yet.")


def _given(recorded):
    return [line for line in recorded.credits if line.amount]


def _collected(recorded):
    """Points and stamps that were given. Where money is counted, nothing is given by that."""
    return [line for line in _given(recorded) if not counts_money(line.program)]


def reasons(recorded: Recorded) -> list[str]:
    """Why: the base of each program, every rule that added something, and what was taken off."""
    currency = tenancy.merchant().currency
    return [
        because.sentence(row, program=line.program, currency=currency)
        for line in recorded.credits for row in line.because
        if row["amount"] or row["rule"] == "earn" or row["code"] in ("multiplied", "standing_discount")
        if row["code"] not in _FOR_MEMBERS
    ]  # fmt: skip


def _after(standings, recorded):
    given = {line.program.id: line for line in recorded.credits}
    told = []
    for one in standings:
        line = given.get(one.program.id)
        pending = line is not None and line.credit.available_at and line.credit.available_at > clock.now()
        spendable = one.spendable + (line.amount if line and not pending else 0)
        if line and any(unlock.account_id == one.account_id for unlock in _full(recorded)):
            told.append(_("the card is full"))
            continue
        ahead = one.next_reward
        text = words.has_now(one, spendable, alone=len(standings) == 1)
        if ahead and ahead.at > spendable and not one.stamps_required:
            missing = wording.plain(ahead.at - spendable, words.language())
            facts = {"has": text, "missing": missing, "reward": ahead.reward.name}
            text = _("%(has)s, %(missing)s to: %(reward)s") % facts
        told.append(text)
    return ", ".join(filter(None, told))


def tiers_of(member: Member, programs: Sequence[Live]) -> dict:
    """The tiers that are held, by program: asked before a purchase to see which it reaches. {} where there are none."""
    if not any(live.type.has_tiers for live in programs):
        return {}
    return {one.program.id: one.tier.name for one in standing.of(member) if one.tier}


def told(member: Member, recorded: Recorded, tap: Tap, *, thing, tiers) -> Told:
    """Success: what was given, what the guest has now, what is next. tiers: as they were before (tiers_of)."""
    member.refresh_from_db()
    standings = {one.program.id: one for one in standing.of(member)}
    given = _given(recorded)
    stamped = [line for line in given if standings[line.program.id].stamps_required]
    parts = [words.units(line.amount, line.program, in_words=True) for line in _collected(recorded)]
    if tap.stamps:
        title, text = _("Stamped"), words.several_stamps(tap.stamps)
    elif parts:
        title, text = _("Credited"), words.upper_first(words.listed(parts))
    else:
        title, text = _("Noted"), _money(tap.amount_minor)
    name = guests.name_of(member)
    changed = [standings[line.program.id] for line in given] or list(standings.values())
    return tells.done(
        title, _line(name, recorded, changed), _note(recorded, changed, given, tap), thing=thing,
        text=_("%(what)s for %(name)s") % {"what": text, "name": name}, pay=to_pay(recorded.purchase),
        keep=[*_reached(standings, tiers), *_handed_out(recorded)],
        stamp=_stamp(recorded.purchase.id) if stamped else None, icon="" if stamped else "circle-plus",
    )  # fmt: skip


def _reached(standings, before):
    """Tiers that the purchase reached, with what they bring."""
    for program_id, name in before.items():
        one = standings.get(program_id)
        if one and one.tier and one.tier.name and one.tier.name != name:
            told = words.listed(levels.brings(one))
            text = _("%(tier)s is reached: %(brings)s.") if told else _("%(tier)s is reached.")
            yield text % {"tier": one.tier.name, "brings": told}


def _handed_out(recorded):
    """Vouchers and gift cards that the purchase handed out, with their codes."""
    found = standing.codes_of(recorded.unlocks)
    names = dict(
        Reward.objects.filter(id__in=[one.reward_id for one in recorded.unlocks]).values_list("id", "name")
    )
    for unlock in recorded.unlocks:
        if unlock.redemption_id in found:
            yield _("Handed out: %(reward)s, code %(code)s.") % {
                "reward": names[unlock.reward_id], "code": codes.display(found[unlock.redemption_id]),
            }  # fmt: skip


def _full(recorded):
    """Unlocks that wait to be redeemed: those of full cards, and none that were handed out at once."""
    return [unlock for unlock in recorded.unlocks if not unlock.as_voucher]


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
    if _full(recorded):
        return _("%(name)s has a full card.") % {"name": name}
    return _now_has(name, changed)


def _now_has(name, standings):
    has = words.listed(_has(standings)) or _("no benefits yet")
    return _("%(name)s now has %(has)s.") % {"name": name, "has": has}


def _has(standings):
    told = [words.has_now(one, one.spendable, alone=len(standings) == 1) for one in standings]
    return [text for text in told if text]


def _note(recorded, changed, given, tap):
    if _full(recorded):
        named = [one.unlocked[-1].name for one in changed if one.unlocked]
        return _("Reward ready: %(reward)s.") % {"reward": words.listed(named)}
    if tap.stamps:
        return guests.next_step(changed[0]) if changed else ""
    collected = _collected(recorded)
    if collected and len(given) == len(recorded.credits):
        parts = [words.units(line.amount, line.program) for line in collected]
        return _("That was %(what)s.") % {"what": words.listed(parts)}
    return " ".join(reasons(recorded))


def _money(amount_minor):
    return wording.amount(amount_minor, tenancy.merchant().currency, words.language())


def _stamp(seed):
    day = timezone.localtime(clock.now()).date()
    return {
        "motif": tenancy.merchant().motif, "seed": str(seed), "label": wording.stamp_day(day, words.language())
    }  # fmt: skip
