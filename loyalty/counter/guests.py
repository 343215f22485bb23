"""One guest as the counter shows them: what they have, what is next, what can be done for them now."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty import clock, tenancy
from loyalty.counter import words
from loyalty.design import stamps, wording
from members.models import Member
from programs import catalogue
from programs.units import counts_money
from rewards import codes, levels, sentences, standing
from rewards import stamps as given_stamps
from rewards.models import Reward, Voucher
from rewards.standing import Standing

MOST_AT_ONCE = 10


@dataclass(frozen=True)
class Card:
    """What a guest has in one program. places: of a punch card; goal: of a bar to the next reward, 0 for none."""

    title: str
    aside: str
    text: str = ""
    places: Sequence[stamps.Place] = ()
    balance: int = 0
    goal: int = 0
    note: str = ""


@dataclass(frozen=True)
class Prize:
    """A reward that can be handed over: by its id, or by the code of a voucher. shown: the phone's digits for it."""

    name: str
    note: str = ""
    id: str = ""
    voucher: str = ""
    shown: str = field(default="", compare=False)


@dataclass(frozen=True)
class Guest:
    id: str
    number: str
    name: str
    initials: str
    since: str
    url: str
    motif: str
    last_visit: str
    expiring: str
    birthday: str
    asks_for: str
    cards: Sequence[Card] = ()
    next: str = ""
    ready: Sequence[Prize] = ()
    affordable: Sequence[Prize] = ()
    vouchers: Sequence[Prize] = ()
    tags: Sequence[str] = ()
    can_stamp: bool = False
    most: int = 1

    @property
    def more_ready(self) -> str:
        more = len(self.ready) - 1
        return _("and %(count)s more") % {"count": wording.count_word(more, words.language(), "f")}

    @property
    def affordable_title(self) -> str:
        if len(self.affordable) == 1:
            return _("Redeem: %(reward)s") % {"reward": self.affordable[0].name}
        return _("Redeem a reward (%(count)s)") % {"count": len(self.affordable)}


def of(member: Member, *, wants: Reward | None = None, shown: str = "") -> Guest:
    """Everything the counter shows of a guest. wants: the reward whose code (`shown`) they show on their phone."""
    merchant, now = tenancy.merchant(), clock.now()
    standings = standing.of(member)
    ready, discounts = _vouchers(member)
    cards = [_card(one) for one in standings]
    wanted = [Prize(wants.name, wants.description, id=wants.public_id, shown=shown)] if wants else []
    unlocked = [prize for prize in _unlocked(standings) if prize not in wanted]
    return Guest(
        id=member.public_id, number=member.number, name=name_of(member), initials=words.initials(name_of(member)),
        since=words.since(member, member.visits), url=reverse("counter:guest", args=[member.public_id]),
        motif=merchant.motif, last_visit=words.when(member.last_visit_at, now),
        expiring=words.expiring(_lots(standings), now),
        birthday=words.birthday(member.birthday, clock.today(merchant.timezone)),
        asks_for=asks_for(one.live for one in standings), cards=cards, next=_next(standings),
        ready=[*wanted, *unlocked, *ready], affordable=_affordable(standings), vouchers=discounts,
        tags=[told for told in map(levels.in_short, standings) if told],
        can_stamp=any(stamps_without_amount(one.live) for one in standings), most=_most(standings),
    )  # fmt: skip


def name_of(member: Member) -> str:
    return member.name or _("Card %(number)s") % {"number": member.spoken_number}


def asks_for(programs) -> str:
    """ "stamp" where a visit or an item is enough, "amount" where any program counts money."""
    programs = list(programs)
    return "stamp" if programs and all(stamps_without_amount(live) for live in programs) else "amount"


def stamps_without_amount(live: catalogue.Live) -> bool:
    return getattr(live.settings, "stamp_per", "amount") != "amount"


def _card(one: Standing) -> Card:
    if one.stamps_required:
        return _punch_card(one)
    ahead = one.next_reward
    done, whole = levels.way(one) if levels.is_one(one) else (one.spendable, ahead.at if ahead else 0)
    if counts_money(one.program):
        whole = one.live.settings.per_minor
    return Card(
        title=one.program.name, aside=words.has_now(one, one.spendable), balance=max(0, done), goal=whole,
        text=next_step(one), note=_pending(one),
    )  # fmt: skip


def _punch_card(one: Standing) -> Card:
    """While a full card's reward waits, the full card is shown."""
    drawn = given_stamps.on_card(one)
    given = [stamps.Place(stamps.GIVEN, seed=stamp.seed) for stamp in drawn]
    on_the_way = {step.at: "" for step in one.live.settings.interim}
    return Card(
        title=one.program.name, aside=words.has_now(one, min(len(given), one.stamps_required)), note=_pending(one),
        places=stamps.places(given=given, total=one.stamps_required, on_the_way=on_the_way),
    )  # fmt: skip


def _pending(one: Standing) -> str:
    if not one.pending:
        return ""
    return _("%(what)s more are not spendable yet") % {"what": words.units(one.pending, one.program)}


def _next(standings: Sequence[Standing]) -> str:
    ahead = [one for one in standings if one.next_reward]
    return next_step(ahead[0]) if ahead else ""


def next_step(one: Standing) -> str:
    """How far it is to the next reward: 'Three more stamps, then a coffee is free.'"""
    if one.tier is not None:
        return levels.next_step(one)
    ahead = one.next_reward
    return sentences.to_go(ahead.missing, ahead.reward.name, one) if ahead else ""


def _lots(standings):
    return [(amount, at, one.program) for one in standings for amount, at in one.expiring]


def _unlocked(standings) -> list[Prize]:
    return [
        Prize(reward.name, reward.description, id=reward.public_id)
        for one in standings for reward in one.unlocked
    ]  # fmt: skip


def _affordable(standings) -> list[Prize]:
    return [
        Prize(reward.name, words.units(reward.cost, one.program), id=reward.public_id)
        for one in standings for reward in one.reachable
    ]  # fmt: skip


def _vouchers(member) -> tuple[list[Prize], list[Prize]]:
    """Open vouchers: those that hand something over, and those that take money off a purchase."""
    rows = Voucher.objects.filter(member=member, status=Voucher.Status.OPEN).select_related("reward")
    now = clock.now()
    handed, taken_off = [], []
    for voucher in rows.order_by("created_at"):
        if voucher.valid_until and voucher.valid_until <= now:
            continue
        prize = Prize(voucher.reward.name, codes.display(voucher.code), voucher=voucher.code)
        (handed if voucher.reward.is_handed_over else taken_off).append(prize)
    return handed, taken_off


def _most(standings) -> int:
    """How many stamps can be given at once: up to the full card, the day's limit, and ten."""
    for one in standings:
        if stamps_without_amount(one.live):
            limits = [MOST_AT_ONCE, one.stamps_required - one.spendable, one.live.settings.max_stamps_per_day]
            return max(1, min(limit for limit in limits if limit is not None))
    return 1
