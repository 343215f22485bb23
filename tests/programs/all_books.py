"""The books of the shop of all types, read once after a step, and what has to hold in them whatever has happened.

Each figure is reckoned anew from what happened, apart from the account that tells it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from django.db.models import Sum

from members.models import Member
from programs.accounts import Account, Entry, LotUse, Unlock
from programs.coalition.models import Posting
from programs.models import Bonus, Credit, Purchase, Refund
from programs.subscriptions.models import Payment, Seat, Subscription
from rewards.gift_cards.models import GiftCard, GiftCardEntry
from rewards.models import Redemption, Voucher
from tests.programs import all_types, by_hand


@dataclass
class Books:
    """Rows of the operator in scope. programs: {name: id}; purchases: by id; members: those who are active."""

    programs: dict
    accounts: list
    purchases: dict
    credits: list
    members: list

    @classmethod
    def read(cls, shop):
        return cls(
            {name: program.id for name, program in shop.programs.items()},
            list(Account.objects.all()),
            {row.id: row for row in Purchase.objects.all()},
            list(Credit.objects.all()),
            list(Member.objects.filter(status="active")),
        )

    def account(self, member_id, program):
        wanted = (member_id, self.programs[program])
        return next(one for one in self.accounts if (one.member_id, one.program_id) == wanted)

    def there(self):
        """{program id: balance and pending, less debt, of all accounts}."""
        found: Counter = Counter()
        for one in self.accounts:
            found[one.program_id] += one.balance + one.pending - one.debt
        return found


def check(shop, receipts, now):
    """Assert all of it, in the operator's scope. receipts: {purchase id: by_hand.Receipt}."""
    assert all_types.problems() == []
    books = Books.read(shop)
    nothing_appeared_and_nothing_was_lost(shop, books)
    purchases_give_what_the_rest_of_them_deserves(books, receipts)
    visits_are_purchases_that_were_kept(books)
    tiers_were_spent_for_or_are_in_a_grace(books, now)
    benefits_hold_while_they_are_paid_for(books)
    vouchers_are_used_once(books)
    the_float_holds_what_is_there(shop, books)
    gift_cards_hold_what_they_did_not_pay(books, receipts)


def nothing_appeared_and_nothing_was_lost(shop, books):
    """All accounts together hold what was given and corrected, less what was spent, filled cards and expired."""
    left: Counter = Counter()
    for credit in books.credits:
        left[credit.program_id] += credit.amount - credit.taken_back
    left.update(_by_program(Bonus.objects.filter(withdrawn_at=None), "account__program", "amount"))
    left.update(_expired_before_they_were_withdrawn())
    left.update(
        _by_program(Entry.objects.filter(kind__in=["adjust", "expire"]), "account__program", "amount")
    )
    left.subtract(_by_program(Redemption.objects.filter(status="done"), "reward__program", "cost"))
    full = Unlock.objects.filter(entry__isnull=False).exclude(status="withdrawn")
    left.subtract(_by_program(full, "account__program", "position"))
    by_public_id = {program.public_id: program.id for program in shop.programs.values()}
    for row in books.purchases.values():
        for one in row.discounts if row.returned_at is None else ():
            left[by_public_id.get(one.get("program"))] -= one.get("points", 0)
    there = books.there()
    assert {name: there[key] for name, key in books.programs.items()} == {
        name: left[key] for name, key in books.programs.items()
    }
    assert all(one.balance >= 0 and one.pending >= 0 and one.debt >= 0 for one in books.accounts)
    assert not any(one.balance and one.debt for one in books.accounts)


def _expired_before_they_were_withdrawn():
    """What of bonuses had expired when the purchase they were for was returned: it is not taken twice."""
    found: Counter = Counter()
    for bonus in Bonus.objects.filter(withdrawn_at__isnull=False).select_related("account"):
        refund = Refund.objects.filter(purchase_id=bonus.purchase_id).order_by("id").last()
        gone = LotUse.objects.filter(lot__entry=bonus.entry_id, entry__kind="expire", entry_id__lt=refund.id)
        found[bonus.account.program_id] += sum(gone.values_list("amount", flat=True))
    return found


def purchases_give_what_the_rest_of_them_deserves(books, receipts):
    names = {key: name for name, key in books.programs.items()}
    kept: dict = defaultdict(dict)
    for credit in books.credits:
        left = credit.amount - credit.taken_back - credit.excused
        kept[credit.purchase_id][names[credit.program_id]] = left
    assert books.purchases.keys() == receipts.keys()
    for key, receipt in receipts.items():
        row = books.purchases[key]
        net, is_returned = row.net_minor - row.refunded_minor, row.returned_at is not None
        deserved = receipt.deserves(net, is_returned=is_returned)
        assert kept[key] == {name: min(amount, receipt.given[name]) for name, amount in deserved.items()}


def visits_are_purchases_that_were_kept(books):
    visits = Counter(row.member_id for row in books.purchases.values() if row.returned_at is None)
    assert {one.id: one.visits for one in books.members} == {one.id: visits[one.id] for one in books.members}


def tiers_were_spent_for_or_are_in_a_grace(books, now):
    """What was spent at the shop itself within the window makes the tier; a higher one is kept in a grace alone."""
    spent: Counter = Counter()
    for row in books.purchases.values():
        if row.partner_id is None and by_hand.counts_until(row.occurred_at) > now:
            spent[row.member_id] += row.net_minor - row.refunded_minor
    names = list(by_hand.THRESHOLDS)
    for member in books.members:
        held, deserved = books.account(member.id, "Stufen"), by_hand.tier(spent[member.id])
        assert held.qualifying == spent[member.id]
        assert names.index(held.level) >= names.index(deserved)
        assert held.level == deserved or held.level_until_at > now


def benefits_hold_while_they_are_paid_for(books):
    rows = {row.id: row for row in Subscription.objects.all()}
    covered = {row.member_id for row in rows.values() if row.covers}
    covered |= {
        one.member_id for one in Seat.objects.all() if one.member_id and rows[one.subscription_id].covers
    }
    held = [one for one in books.accounts if one.program_id == books.programs["Club"] and one.level]
    assert {one.member_id for one in held} == covered
    paid = Counter(Payment.objects.values_list("subscription_id", flat=True))
    assert {key: row.paid_through for key, row in rows.items()} == {key: paid[key] for key in rows}


def vouchers_are_used_once(books):
    """Each in one purchase at most, and marked so."""
    named = [one["voucher"] for row in books.purchases.values() for one in row.discounts if "voucher" in one]
    used = Voucher.objects.filter(status="used", used_in__isnull=False).values_list("code", flat=True)
    assert sorted(named) == sorted(used)


def the_float_holds_what_is_there(shop, books):
    """Settled on earning: what is still there, or has expired, at 0.01 each. On redeeming: less than nothing by what
    cards owe. All parties together have nothing."""
    program = books.programs["Straße"]
    moved: Counter = Counter()
    parties = Posting.objects.values_list("payer_kind", "payer_id", "payee_kind", "payee_id")
    for payer_kind, payer_id, payee_kind, payee_id, amount in parties.annotate(Sum("amount_minor")):
        moved[payer_kind, payer_id] -= amount
        moved[payee_kind, payee_id] += amount
    assert sum(moved.values()) == 0
    if shop.settles_on == "earn":
        gone = _by_program(Entry.objects.filter(kind="expire"), "account__program", "amount")[program]
        assert moved["float", None] == books.there()[program] - gone
    else:
        owed = sum(one.debt for one in books.accounts if one.program_id == program)
        assert moved["float", None] == -owed - shop.float_bears


def gift_cards_hold_what_they_did_not_pay(books, receipts):
    """What was put on them, less what they paid of purchases that were kept, and what went with cancelled ones."""
    moved = GiftCardEntry.objects.filter(kind__in=["issue", "void"]).aggregate(total=Sum("amount_minor"))[
        "total"
    ]
    kept = [one for key, one in receipts.items() if books.purchases[key].returned_at is None]
    paid = sum(amount for receipt in kept for _code, amount in receipt.cards)
    assert sum(GiftCard.objects.values_list("balance_minor", flat=True)) == moved - paid


def _by_program(rows, program, amount):
    """{program id: sum} over rows."""
    summed = rows.values_list(program).annotate(total=Sum(amount))
    return Counter({program_id: total or 0 for program_id, total in summed})
