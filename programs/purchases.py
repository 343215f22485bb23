"""Sales are recorded, and earn in each of the member's programs. One at a time or ten thousand: one way.

A batch is worked off in the order given, in memory, on accounts that are locked throughout; a row that is refused
leaves nothing behind. Then everything is written in a handful of statements. Rule: docs/rules.md, "Earning".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, ids, tenancy
from loyalty.errors import Conflict, Invalid, Refused
from loyalty.events.models import Event
from loyalty.merchants.models import Location
from loyalty.money import LARGEST_MINOR, spread
from loyalty.tenancy import bulk
from members import locking
from members.models import Member
from programs import baskets, catalogue, crediting, taking_off
from programs.accounts import Unlock
from programs.crediting import Bought, CreditLine
from programs.models import Credit, Purchase
from programs.taking_off import Discount

# A till's clock may be a little ahead of ours.
AHEAD = timedelta(minutes=5)
# Nobody's books reach back further; a date before it is a slip, and calendars end not far below.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
RECORDED_ONCE = "purchase_recorded_once"
# Each attempt finds what stopped the one before it.
ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the receipt. `amount_minor`: the line's total before discounts."""

    amount_minor: int
    sku: str = ""
    name: str = ""
    category: str = ""
    brand: str = ""
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Points:
    """Points that are to pay for a part of the sale: at most so many, of a program."""

    program_id: UUID
    amount: int


@dataclass(frozen=True, slots=True)
class NewPurchase:
    """A sale to record. amount_minor: what it costs before discounts. occurred_at: default now.

    discounts: what was taken off before it came to us. take_off: asked for further ones, with the amount and the
    amounts of the lines that standing discounts have left. points: taken as money, of what is due after all of these.
    partner: in a coalition, the merchant at which it happened.
    """

    member: Member | None
    amount_minor: int
    currency: str | None = None
    items: tuple[Item, ...] = ()
    occurred_at: datetime | None = None
    location: Location | None = None
    external_id: str | None = None
    discounts: tuple[Discount, ...] = ()
    take_off: Callable[[int, list[int]], Iterable[Discount]] | None = None
    points: Points | None = None
    partner: UUID | None = None


@dataclass(slots=True)
class Recorded:
    """What became of a sale. `is_repeat`: it was recorded before under its external id, and nothing is new."""

    purchase: Purchase
    credits: list[CreditLine]
    unlocks: list[Unlock] = field(default_factory=list)
    is_repeat: bool = False


def record(new: NewPurchase, *, actor="") -> Recorded:
    """Record one sale. Raises what it is refused for. See record_many."""
    result = record_many([new], actor=actor)[0]
    if isinstance(result, Refused):
        raise result
    return result


def record_many(news: list[NewPurchase], *, actor="") -> list[Recorded | Refused]:
    """Record sales in the order given, and credit what each earns in each program that runs at its time.

    Idempotent per (merchant, external_id): a repeat answers with the first purchase. Good rows are kept when
    others are refused. Locks the members' rows, then their accounts, each in id order, until commit.
    Raises Conflict when others record the same external ids meanwhile, again and again.
    """
    visits = locking.lock({new.member.id for new in news if new.member} | crediting.referrers(news))
    if not any(new.external_id for new in news):
        return _record_all(news, actor, visits)
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _record_all(news, actor, visits)
        except IntegrityError as error:
            # Somebody recorded one of them between our look and our writing. Looking again finds it.
            if RECORDED_ONCE not in str(error):
                raise
    raise Conflict()


def _record_all(news, actor, visits):
    book = _Batch(news, actor, visits)
    book.write()
    return book.results


def preview(new: NewPurchase) -> Recorded:
    """What a sale would earn now. Locks nothing and stores nothing."""
    visits = {new.member.id: (new.member.visits, new.member.last_visit_at)} if new.member else {}
    result = _Batch([new], "", visits, lock=False).results[0]
    if isinstance(result, Refused):
        raise result
    return result


def repeated(purchase) -> Recorded:
    """A purchase that was recorded before, as it was answered then."""
    return _repeats([purchase])[purchase.id]


def _repeats(rows) -> dict:
    """Purchases that were recorded before, by id: two statements, however many they are."""
    found = {row.id: Recorded(row, [], is_repeat=True) for row in rows}
    if found:
        for credit in Credit.objects.filter(purchase_id__in=found).select_related("program").order_by("id"):
            found[credit.purchase_id].credits.append(CreditLine(credit.program, credit))
        for unlock in Unlock.objects.filter(purchase_id__in=found).order_by("at", "id"):
            found[unlock.purchase_id].unlocks.append(unlock)
    return found


class MemberGone(Refused):
    code = "not_eligible"
    sentence = gettext_lazy("This guest has left. Nothing can be booked on the card any more.")


class _Batch:
    """Sales on their way into the books: what is known before, what was decided, what is to be written."""

    def __init__(self, news, actor, visits, lock=True):
        """visits: {member id: (visits, last_visit_at)} as they were before."""
        self.actor = actor
        self.before = visits
        self.merchant = tenancy.merchant()
        self.zone = ZoneInfo(self.merchant.timezone)
        self.now = clock.now()
        # Recorded before, and later on in this batch: {external id: Recorded}.
        self.known = _known([new.external_id for new in news if new.external_id])
        refusals = [self._refusal(new) for new in news]
        # Accounts are opened for what will be written, and for nothing else.
        good = [new for new, refusal in zip(news, refusals, strict=True) if refusal is None]
        self.programs = catalogue.live_between(*_span(good, self.now))
        self.crediting = crediting.open_for(good, self.programs, self.now, lock=lock)
        self.recorded: list[Recorded] = []
        self.visits: dict[UUID, list] = {}
        self.results = [self._take(new, refusal) for new, refusal in zip(news, refusals, strict=True)]

    def _take(self, new, refusal):
        repeat = self.known.get(new.external_id) if new.external_id else None
        if repeat is not None:
            return _again(repeat)
        if refusal is not None:
            return refusal
        try:
            result = self._record(new)
        except Refused as refused:
            return refused
        if new.external_id:
            self.known[new.external_id] = result
        return result

    def _record(self, new):
        """Record one sale. Raises what it is refused for, before anything has changed."""
        at = new.occurred_at or self.now
        held = self.crediting.held(new.member.id, at, new.partner) if new.member else []
        found = taking_off.before_points(new, held)
        payment = taking_off.by_points(new, held, found.due_minor)
        purchase = self._purchase(new, at, found.discounts + ([payment.discount] if payment else []))
        if payment:
            payment.take(purchase)
        result = Recorded(purchase, [])
        if new.member:
            self._credit(new, result, held, found)
        self.recorded.append(result)
        return result

    def _credit(self, new, result, held, found):
        purchase = result.purchase
        visits = self.visits.setdefault(new.member.id, list(self.before[new.member.id]))
        local = purchase.occurred_at.astimezone(self.zone)
        friend = new.member.referred_by_id
        bought = Bought(
            purchase, local, baskets.of(purchase, local), held, is_first=visits[0] == 0,
            is_referred=friend is not None, discounts=found.told,
        )  # fmt: skip
        for one in held:
            self.crediting.credit(result, bought, one)
            if friend and bought.is_first:
                self.crediting.refer(bought, one.live, friend)
        visits[0] += 1
        visits[1] = max(visits[1] or purchase.occurred_at, purchase.occurred_at)

    def _purchase(self, new, at, discounts):
        discount = sum(one.amount_minor for one in discounts)
        return Purchase(
            member_id=new.member.id if new.member else None, amount_minor=new.amount_minor,
            discount_minor=discount, net_minor=new.amount_minor - discount,
            currency=new.currency or self.merchant.currency, items=_items(new, discounts),
            discounts=[one.label | {"amount_minor": one.amount_minor} for one in discounts],
            occurred_at=at, recorded_at=self.now, external_id=new.external_id, partner_id=new.partner,
            location_id=new.location.id if new.location else None, actor=self.actor,
        )  # fmt: skip

    def _refusal(self, new):
        """Invalid with what is wrong about a sale, MemberGone, or None."""
        if new.member and new.member.status == Member.Status.ERASED:
            return MemberGone(member=new.member.public_id)
        wrong = {}
        if new.currency not in (None, self.merchant.currency):
            wrong["currency"] = [
                _("This shop counts in %(currency)s.") % {"currency": self.merchant.currency}
            ]
        if not 0 <= new.amount_minor <= LARGEST_MINOR:
            wrong["amount_minor"] = [_("The amount must be 0 or more, and at most 10^12 minor units.")]
        elif sum(item.amount_minor for item in new.items) > new.amount_minor:
            wrong["items"] = [_("The items add up to more than the amount.")]
        for place, item in enumerate(new.items):
            if item.amount_minor < 0:
                wrong[f"items.{place}.amount_minor"] = [_("The amount of an item must be 0 or more.")]
            if item.quantity < 1:
                wrong[f"items.{place}.quantity"] = [_("The quantity of an item must be 1 or more.")]
        if new.occurred_at and new.occurred_at > self.now + AHEAD:
            wrong["occurred_at"] = [_("This lies ahead of the clock. Send the time of the purchase.")]
        elif new.occurred_at and new.occurred_at < EARLIEST:
            wrong["occurred_at"] = [_("This lies too long ago. Send the time of the purchase.")]
        return Invalid(wrong) if wrong else None

    def write(self):
        """Everything that was decided, in a fixed number of statements."""
        # By external id, so that two batches with the same ones wait for each other in one order.
        in_order = sorted((one.purchase for one in self.recorded), key=lambda row: row.external_id or "")
        bulk.insert(Purchase, _PURCHASE, [_row(purchase, _PURCHASE) for purchase in in_order])
        self._tell_of_entry_rewards(self.crediting.write())
        with_member = [(member_id, *figures) for member_id, figures in sorted(self.visits.items())]
        bulk.update(Member, ("visits", "last_visit_at"), with_member)
        bulk.insert(
            Event, ("id", "kind", "member_id", "payload", "at"), [_event(one) for one in self.recorded]
        )

    def _tell_of_entry_rewards(self, unlocks):
        """Each with the purchase that reached the tier."""
        by_id = {one.purchase.id: one for one in self.recorded} if unlocks else {}
        for unlock in unlocks:
            if unlock.purchase_id in by_id:
                by_id[unlock.purchase_id].unlocks.append(unlock)


_PURCHASE = ("id", "member_id", "amount_minor", "discount_minor", "net_minor", "refunded_minor", "currency", "items",
             "discounts", "occurred_at", "recorded_at", "location_id", "partner_id", "external_id",
             "actor")  # fmt: skip


def _row(instance, columns):
    return tuple(getattr(instance, name) for name in columns)


def _event(recorded):
    purchase = recorded.purchase
    payload = {
        "purchase": purchase.public_id, "member": ids.public("mem", purchase.member_id),
        "amount_minor": purchase.amount_minor, "net_minor": purchase.net_minor, "currency": purchase.currency,
        "credits": [{"program": one.program.public_id, "amount": one.amount} for one in recorded.credits],
        "unlocked": [ids.public("rwd", unlock.reward_id) for unlock in recorded.unlocks],
    }  # fmt: skip
    return ids.new(), "purchase.recorded", purchase.member_id, payload, purchase.occurred_at


def _items(new, discounts):
    """The lines as they are kept: with the part of the discount that falls on each, and nothing returned yet.

    What is not itemised takes only what the lines cannot, so that their discounts sum up to the purchase's.
    """
    own = [0] * len(new.items)
    whole = 0
    for discount in discounts:
        if discount.line is None:
            whole += discount.amount_minor
        else:
            own[discount.line] += discount.amount_minor
    amounts = [item.amount_minor - off for item, off in zip(new.items, own, strict=True)]
    shares = spread(min(whole, sum(amounts)), amounts)
    return [
        {"sku": item.sku, "name": item.name, "category": item.category, "brand": item.brand,
         "quantity": item.quantity, "amount_minor": item.amount_minor, "discount_minor": off + share, "returned": 0,
         "returned_minor": 0}
        for item, off, share in zip(new.items, own, shares, strict=True)
    ]  # fmt: skip


def _span(news, now):
    moments = [new.occurred_at or now for new in news]
    return min(moments, default=now), max(moments, default=now)


def _known(external_ids):
    rows = Purchase.objects.filter(external_id__in=external_ids) if external_ids else ()
    return {one.purchase.external_id: one for one in _repeats(rows).values()}


def _again(recorded):
    return Recorded(recorded.purchase, recorded.credits, recorded.unlocks, is_repeat=True)
