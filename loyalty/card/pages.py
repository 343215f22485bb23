"""The figures of a card as templates/card/card.html wants them: made from standings and history, no rule of its own."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import clock, tenancy
from loyalty.card import levels
from loyalty.design import stamps, wording
from loyalty.design.stamps import Place
from members import finding
from programs import explaining
from programs.because import unit
from programs.units import tells_amount
from rewards import codes, sentences
from rewards import levels as levels_in_words
from rewards import stamps as given_stamps
from rewards import vouchers as voucher_verbs
from rewards.models import Voucher

# What expires within this many days is announced on the card.
ANNOUNCED_DAYS = 45


def card(member, standings, token):
    """Number, name and code of the lower leaf."""
    return {
        "number": member.number, "holder": member.name, "at_counter": _("Show at the counter"),
        "code": finding.card_url(finding.card_of(member)),
        "token": token,
    }  # fmt: skip


def upper(standing, token):
    """The upper leaf: what is there and what comes next, of one program."""
    if standing.stamps_required:
        return _punch_leaf(standing, token)
    if levels_in_words.is_one(standing):
        return levels.leaf(standing)
    return _points_leaf(standing, token) if _has_rate(standing) else _plain_leaf(standing)


def other(standing):
    """A further program on the same card, in short."""
    if levels_in_words.is_one(standing):
        return levels.other(standing)
    if not standing.stamps_required and not _has_rate(standing):
        leaf = _plain_leaf(standing)
        bar = {"value": leaf.get("value", 0), "max": leaf.get("max", 0)}
        return {"title": leaf["title"], "aside": leaf["tier"], "next": leaf["next"], **bar}
    goal = standing.next_reward
    return {
        "title": standing.program.name, "aside": balance(standing), "next": sentences.next_step(standing),
        "value": max(0, standing.spendable), "max": goal.at if goal else 0,
    }  # fmt: skip


def balance(standing):
    if standing.stamps_required:
        return _("%(given)s of %(total)s") % {
            "given": max(0, standing.spendable),
            "total": standing.stamps_required,
        }
    return _units(standing, standing.spendable)


def expiry(standing):
    """What lapses soon, and what helps against it; None when nothing does."""
    soon = [(amount, at) for amount, at in standing.expiring if (at - clock.now()).days < ANNOUNCED_DAYS]
    if not soon:
        return None
    at = soon[0][1]
    amount = sum(count for count, moment in soon if moment == at)
    facts = {
        "units": _units(standing, amount),
        "day": wording.day(_last_day(at), _language(), today=_today()),
    }
    return {"title": _("%(units)s expire at the end of %(day)s.") % facts, "text": _help(standing)}


def rewards(standing, token):
    """Rewards for points: those within reach with a button, then those to come with what is missing."""
    rows = [
        {"name": reward.name, "cost": _units(standing, reward.cost), "url": redeem_url(token, reward)}
        for reward in standing.reachable
    ]
    return rows + [
        {"name": reward.name, "cost": _units(standing, reward.cost),
         "missing": _("%(count)s short") % {"count": wording.plain(reward.cost - standing.spendable, _language())}}
        for reward in standing.beyond
    ]  # fmt: skip


def vouchers(standings, token):
    """Rewards that full cards have unlocked, of the programs that are not on the upper leaf."""
    return [
        {"name": reward.name, "note": standing.program.name, "url": redeem_url(token, reward)}
        for standing in standings
        for reward in standing.unlocked
    ]


def handed_out(standings):
    """Vouchers and gift cards that were handed out unasked, with their codes."""
    return [
        {"name": reward.name, "note": standing.program.name, "code": codes.display(code)}
        for standing in standings
        for reward, code in standing.handed_out
    ]


def held(member, shown):
    """Further vouchers that the member holds and can use: kept for later, from a friend, out of a letter.

    shown: rows that stand on the card already.
    """
    codes_shown = {row.get("code") for row in shown}
    rows = Voucher.objects.filter(member=member, status=Voucher.Status.OPEN).select_related("reward")
    return [
        {"name": voucher.reward.name, "note": _good_until(voucher), "code": codes.display(voucher.code)}
        for voucher in rows.order_by("id")
        if voucher_verbs.status(voucher) != "expired" and codes.display(voucher.code) not in codes_shown
    ]


def history_rows(happenings):
    """A history as rows: title, when, text, points (None for stamps, whose title says it all)."""
    return [_row(one) for one in happenings]


def redeem_url(token, reward):
    return reverse("card_redeem", args=[token, reward.public_id])


def _good_until(voucher):
    """ "Good until 31 December 2026", or nothing. A period's end at 24:00 is the last moment of the day before."""
    if voucher.valid_until is None:
        return ""
    end = voucher.valid_until.astimezone(ZoneInfo(tenancy.merchant().timezone))
    return _("Good until %(day)s") % {"day": wording.long_day((end - end.resolution).date(), _language())}


def _punch_leaf(standing, token):
    zone = ZoneInfo(tenancy.merchant().timezone)
    given = [
        Place(stamps.GIVEN, seed=stamp.seed, on=stamp.at.astimezone(zone).date())
        for stamp in given_stamps.on_card(standing)
    ]
    on_the_way = {step.at: "" for step in standing.live.settings.interim}
    total = standing.stamps_required
    is_full = bool(standing.unlocked)
    return {
        "kind": "punch", "title": standing.program.name, "motif": tenancy.merchant().motif,
        "aside": _("%(given)s of %(total)s") % {"given": min(len(given), total), "total": total},
        "places": stamps.places(given=given, total=total, reward=_("free"), on_the_way=on_the_way),
        "next": sentences.next_step(standing),
        "note": _note(standing),
        "redeem_url": redeem_url(token, standing.unlocked[0]) if is_full else "",
        "redeem_label": _("Redeem now"),
    }  # fmt: skip


def _note(standing):
    if len(standing.unlocked) > 1:
        count = len(standing.unlocked)
        return _("%(count)s rewards are waiting in all.") % {"count": wording.count_word(count, _language())}
    if standing.spendable < 0:
        return _("%(units)s are still owed after a return.") % {
            "units": _units(standing, -standing.spendable)
        }
    reward = (
        standing.unlocked[0] if standing.unlocked else standing.next_reward and standing.next_reward.reward
    )
    return reward.description if reward else ""


def _points_leaf(standing, token):
    language, goal = _language(), standing.next_reward
    leaf = {
        "kind": "points", "title": standing.program.name, "balance": standing.spendable,
        "aside": _rate(standing),
        "unit": _unit_name(standing, standing.spendable), "next": sentences.next_step(standing),
        "note": _pending(standing) or _note(standing),
    }  # fmt: skip
    if goal:
        leaf |= {
            "value": max(0, standing.spendable), "max": goal.at, "bar_from": "0",
            "bar_to": f"{wording.plain(goal.at, language)} {goal.reward.name}",
            "bar_text": _("%(have)s of %(units)s to “%(reward)s”") % {
                "have": wording.plain(max(0, standing.spendable), language),
                "units": _units(standing, goal.at), "reward": goal.reward.name,
            },
        }  # fmt: skip
    return leaf


def _rate(standing):
    """How much is spent for a point; "" in a program that has no rate of its own, such as a paid club."""
    earn = getattr(standing.live.settings, "earn", None)
    if earn is None:
        return ""
    per = wording.amount(earn.per_minor, tenancy.merchant().currency, _language(), short=True)
    return _("%(amount)s = %(points)s") % {"amount": per, "points": _units(standing, earn.points)}


def _has_rate(standing):
    return getattr(standing.live.settings, "earn", None) is not None


def _plain_leaf(standing):
    """A program that is told by its own sentences: what is collected towards what, or what it takes off."""
    language, currency = _language(), tenancy.merchant().currency
    first = next(iter(explaining.sentences(standing.live, currency=currency)), "")
    per = getattr(standing.live.settings, "per_minor", None)
    leaf = {"kind": "tier", "title": _("Your card"), "tier": standing.program.name, "next": first, "note": ""}
    if discount := levels_in_words.in_short(standing):
        leaf |= {"title": standing.program.name, "tier": discount}
    if per is None:
        return leaf
    have = max(0, standing.spendable)
    money = {
        "have": wording.amount(have, currency, language),
        "all": wording.amount(per, currency, language, short=True),
    }
    return leaf | {
        "title": standing.program.name, "tier": money["have"], "value": have, "max": per,
        "bar_from": _("%(have)s of %(all)s") % money, "bar_to": "", "bar_text": _("%(have)s of %(all)s") % money,
    }  # fmt: skip


def _pending(standing):
    if not standing.pending:
        return ""
    return _("%(units)s more can be used soon.") % {"units": _units(standing, standing.pending)}


def _help(standing):
    if standing.reachable:
        return _("They are enough for “%(reward)s”.") % {"reward": standing.reachable[-1].name}
    goal = standing.next_reward
    if goal:
        return _("%(units)s more, and they are enough for “%(reward)s”.") % {
            "units": _units(standing, goal.missing), "reward": goal.reward.name,
        }  # fmt: skip
    return _("Come by before then.")


def _row(one):
    language = _language()
    zone = ZoneInfo(tenancy.merchant().timezone)
    at, now = one.at.astimezone(zone), clock.now().astimezone(zone)
    is_stamps = one.program is not None and one.program.unit_singular == "stamp"
    return {
        "title": _title(one, language, is_stamps), "text": " ".join(_texts(one)),
        "when": sentences.capitalised(wording.moment(at, language, now=now, with_time=False)),
        "points": one.amount if one.program and tells_amount(one.program, one.amount) else None,
    }  # fmt: skip


def _title(one, language, is_stamps):
    money = wording.amount(one.amount_minor or 0, tenancy.merchant().currency, language)
    match one.kind:
        case "purchase" if is_stamps:
            return _stamps_title(one, language)
        case "purchase":
            return _("Purchase %(amount)s") % {"amount": money}
        case "refund":
            return _("Refund %(amount)s") % {"amount": money} if one.amount_minor else _("Taken back")
        case "welcome":
            return _stamps_title(one, language) if is_stamps else _("Welcome")
        case "bonus":
            return _stamps_title(one, language) if is_stamps else one.title
        case "redeem":
            return (
                _("Redeemed: %(reward)s") % {"reward": one.title}
                if not is_stamps
                else _("Card full: %(reward)s") % {"reward": one.title}
            )
        case "cancel":
            return _("Given back: %(reward)s") % {"reward": one.title}
        case "expire":
            return _("Expired")
        case "activate":
            return _("Can be used now")
        case "transfer_out":
            return _("Passed on")
        case "transfer_in":
            return _("Received")
        case "merge":
            return _("From another card of yours")
    return _("Correction")


def _stamps_title(one, language):
    if one.amount == 0:
        return _("No stamp")
    count = wording.count_word(one.amount, language).capitalize()
    return ngettext("%(count)s stamp", "%(count)s stamps", one.amount) % {"count": count}


def _texts(one):
    if one.taken_back:
        yield _("Taken back.")
    if one.kind == "purchase" and one.location and one.amount and one.program.unit_singular == "stamp":
        yield _("Visit: %(location)s") % {"location": one.location}
        return
    yield from one.reasons
    if one.kind == "welcome":
        yield _("For joining.")
    if one.kind == "bonus" and one.program.unit_singular == "stamp":
        yield one.title


def _units(standing, count):
    return f"{wording.plain(count, _language())} {_unit_name(standing, count)}"


def _unit_name(standing, count):
    return unit(standing.program.unit_singular if abs(count) == 1 else standing.program.unit_plural)


def _language():
    return get_language() or "en"


def _today():
    return clock.today(tenancy.merchant().timezone)


def _last_day(at):
    """A period that ends at 24:00 is written as the next day's 0:00; people say the day before."""
    return (at - timedelta(seconds=1)).astimezone(ZoneInfo(tenancy.merchant().timezone)).date()
