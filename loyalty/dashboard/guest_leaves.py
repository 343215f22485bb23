"""What a guest has in each program, as the profile shows it: stamps, a tier with its way up, a plan, a balance."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.design import stamps, wording
from members.models import Member
from programs import units
from programs.subscriptions.models import Subscription
from rewards import codes, levels
from rewards import stamps as given
from rewards.gift_cards import finding
from rewards.gift_cards.models import GiftCard
from rewards.models import Reward
from rewards.standing import Standing


@dataclass(frozen=True)
class Leaf:
    """aside: right of the title. large: what there is. lines: what else is to be known. places, total: of a punch card.

    value, most: of a bar; 0 for none. handed_out: (name, code) of vouchers that were not used yet.
    """

    standing: Standing
    aside: str = ""
    large: str = ""
    lines: Sequence[str] = ()
    places: Sequence[stamps.Place] = ()
    value: int = 0
    most: int = 0
    handed_out: Sequence[tuple[str, str]] = field(default_factory=tuple)


def of(one: Standing) -> Leaf:
    handed_out = [
        (reward.name, codes.display(code))
        for reward, code in one.handed_out
        if reward.kind != Reward.Kind.GIFT_CARD
    ]
    if one.stamps_required:
        return _punch_card(one, handed_out)
    done, whole = levels.way(one)
    if units.counts_money(one.program):
        done, whole = max(0, one.spendable), one.live.settings.per_minor
    return Leaf(
        one, aside=levels.until(one), large=_large(one), lines=[line for line in _lines(one) if line],
        value=min(done, whole), most=whole, handed_out=handed_out,
    )  # fmt: skip


def _punch_card(one, handed_out):
    zone = ZoneInfo(tenancy.merchant().timezone)
    on_card = [
        stamps.Place(stamps.GIVEN, seed=stamp.seed, on=stamp.at.astimezone(zone).date())
        for stamp in given.on_card(one)
    ]
    total = one.stamps_required
    on_the_way = {step.at: "" for step in one.live.settings.interim}
    places = stamps.places(given=on_card, total=total, on_the_way=on_the_way)
    aside = _("%(given)s of %(total)s") % {"given": min(len(on_card), total), "total": total}
    return Leaf(one, aside=aside, places=places, handed_out=handed_out)


def _large(one):
    """What is held, at a glance."""
    if levels.is_one(one):
        return levels.held(one) or _("No tier yet")
    if units.collects(one.live):
        return units.counted(one.spendable, one.program)
    return levels.in_short(one) or _("no benefits yet")


def _lines(one):
    if levels.is_one(one):
        yield ", ".join(levels.brings(one))
    if one.tier is not None:
        yield levels.next_step(one)
        yield levels.so_far(one)
    if levels.is_one(one) and units.collects(one.live):
        yield units.counted(one.spendable, one.program)
    if units.counts_money(one.program):
        per = wording.amount(
            one.live.settings.per_minor, tenancy.merchant().currency, _language(), short=True
        )
        yield _("of %(amount)s to the next reward") % {"amount": per}
    if one.pending:
        yield _("%(what)s more are waiting") % {"what": units.counted(one.pending, one.program)}


@dataclass(frozen=True)
class Plan:
    """A subscription: what it is called, how it stands, until when, and what it costs."""

    name: str
    status: object
    until: object
    price: str


def plans(member: Member) -> list[Plan]:
    """The subscriptions that the member pays for and that have not ended."""
    rows = Subscription.objects.filter(member=member).exclude(status=Subscription.Status.ENDED)
    return [
        Plan(
            row.plan, row.get_status_display(), row.period_ends_at,
            wording.amount(row.price_minor, row.currency, _language(), short=True),
        )
        for row in rows.order_by("id")
    ]  # fmt: skip


def gift_cards(member: Member) -> list[dict[str, object]]:
    """Gift cards that were given to the member and still hold something."""
    rows = GiftCard.objects.filter(member=member, balance_minor__gt=0).order_by("id")
    return [
        {"code": codes.display(row.code), "balance": wording.amount(row.balance_minor, row.currency, _language()),
         "expires_at": row.expires_at, "is_over": finding.status(row) != "active"}
        for row in rows
    ]  # fmt: skip


def _language() -> str:
    return get_language() or "en"
