"""All types of programs in one shop, with everything that guests, staff and partners may do, in any order.

After each step the books are computed again, what each purchase still gives is reckoned by hand, and no point, voucher
or cent has appeared or been lost (all_books.py). What is refused has written nothing.
"""

from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from campaigns import turning
from loyalty.errors import Refused
from members.models import Member
from programs import adjusting, transferring
from programs.accounts import Account
from programs.coalition import settlement
from programs.codes import using
from programs.models import Purchase
from programs.purchases import Item, Points
from programs.refunding import Returned
from programs.subscriptions import changing, seats
from programs.subscriptions.models import Subscription
from rewards import checkout, club, merging, redeeming
from rewards.gift_cards.models import GiftCard
from rewards.models import Redemption, Reward, Voucher
from tests import makers
from tests.programs import all_books, all_types, by_hand
from tests.steady import STORIES

pytestmark = pytest.mark.django_db
ANY = st.integers(0, 10**6)
PLACE = st.sampled_from(["", "Anna", "Bert"])
REST = st.integers(0, 5000)
LINE = st.builds(by_hand.Line, st.sampled_from(["Brot", "Kuchen"]), st.integers(1, 3), st.integers(0, 1500))
BASKET = st.tuples(ANY, st.lists(LINE, max_size=3), REST, PLACE)


def deed(name, *, often=1, **arguments):
    """So many times in a list of what may happen next: what `Story` does, and with which arguments."""
    return [st.tuples(st.just(name), st.fixed_dictionaries(arguments))] * often


DEED = st.sampled_from(
    [
        *deed("guests_buy", often=5, baskets=st.lists(BASKET, min_size=1, max_size=3)),
        *deed("a_guest_pays_with_points", often=3, who=ANY, asked=st.integers(10, 80), rest=REST, where=PLACE),
        *deed("a_guest_pays_with_vouchers_and_gift_cards", often=3, who=ANY, rest=REST, is_open=st.booleans(),
              which=st.lists(ANY, max_size=2)),
        *deed("money_is_given_back", often=3, which=ANY, part=st.none() | st.integers(0, 3000),
              by_operator=st.booleans()),
        *deed("items_come_back", often=2, which=ANY, quantity=st.integers(1, 3)),
        *deed("a_guest_takes_a_reward", often=4, who=ANY, which=ANY, where=PLACE,
              use=st.sampled_from(["now", "later"])),
        *deed("a_reward_is_cancelled", often=2, which=ANY),
        *deed("points_are_handed_over", often=2, who=ANY, to=ANY, amount=st.integers(1, 30),
              program=st.sampled_from(["Punkte", "Karte", "Straße"])),
        *deed("two_cards_are_one_persons", who=ANY, into=ANY),
        *deed("a_guest_brings_a_friend", who=ANY, rest=REST),
        *deed("a_code_is_entered", who=ANY, which=ANY),
        *deed("somebody_corrects", who=ANY, program=st.sampled_from(["Punkte", "Straße"]),
              amount=st.integers(-20, 40).filter(bool)),
        *deed("a_guest_subscribes", often=2, who=ANY, plan=st.sampled_from(["Monat", "Probe"])),
        *deed("a_subscription_changes", often=3, which=ANY, who=ANY,
              what=st.sampled_from(["pay", "pay", "pay", "cancel", "leave", "pause", "resume", "seat"])),
        *deed("time_passes", often=4,
              hours=st.integers(1, 40) | st.integers(24, 24 * 20) | st.sampled_from([24 * 31, 24 * 70])),
    ]
).flatmap(lambda one: one)  # fmt: skip


class Story(RuleBasedStateMachine):
    """Guests of one shop, some of whom are the same person, and two partners."""

    more: dict = {}

    @initialize()
    def open_the_shop(self):
        """Three guests: one has points, one is in the club, and one was brought by the first."""
        self.shop = all_types.Shop(**self.more)
        self.receipts, self.merged, self.given_at_berts = {}, 0, {}
        jonas, ines = (makers.member(self.shop.operator, name) for name in ("Jonas", "Ines"))
        makers.member(self.shop.operator, "Freundin", referred_by=jonas)
        for name in ("Punkte", "Straße"):
            self.tries(
                adjusting.adjust,
                member=jonas,
                program=self.shop.programs[name],
                amount=60,
                reason="x",
                actor="",
            )
        self.tries(club.subscribe, member=ines, program=self.shop.programs["Club"], plan="Monat")
        for guest in (0, 1):
            self.buys(self.guest(guest), [], 6_000)
            self.buys(self.guest(guest), [], 2_000, "Anna")

    @rule(deeds=st.lists(DEED, min_size=1, max_size=3))
    def it_happens(self, deeds):
        for name, arguments in deeds:
            getattr(self, name)(**arguments)

    def tries(self, verb, *arguments, where="", **named):
        """(None, the verb's result), or (the refusal's code, None); then nothing was written.

        The refusal is caught inside of the scope, so that what a verb had written before it would stay.
        """
        with self.shop.at(where):
            before = all_types.fingerprint()
            try:
                result = verb(*arguments, **named)
            except Refused as refusal:
                assert all_types.fingerprint() == before
                return refusal.code, None
        self.is_changed = True
        return None, result

    def pick(self, model, which, **criteria):
        with self.shop.at():
            rows = list(model.objects.filter(**criteria).order_by("id"))
        return rows[which % len(rows)] if rows else None

    def guest(self, which):
        return self.pick(Member, which, status="active")

    def accounts(self, member):
        with self.shop.at():
            return {
                row.program.name: row
                for row in Account.objects.filter(member=member).select_related("program")
            }

    # At the till.

    def buys(self, member, lines, rest, where="", **paid):
        """(code, receipt or None) of a sale, with what it gave compared. Cards and vouchers by their codes."""
        items = tuple(Item(one.amount, one.name, category=one.name, quantity=one.quantity) for one in lines)
        amount, partner = sum(one.amount for one in lines) + rest, self.shop.partners.get(where)
        sale = checkout.Sale(member, amount, items=items, partner=partner.id if partner else None, **paid)
        held = self.accounts(member)
        brought = not where and member.visits == 0 and member.referred_by_id is not None
        code, recorded = self.tries(checkout.ring_up, sale, where=where)
        if code:
            return code, None
        given = {line.program.name: line.amount for line in recorded.credits}
        level, is_vip = held["Stufen"].level, bool(held["Club"].level)
        receipt = by_hand.Receipt(recorded.purchase, lines, where, level, is_vip, brought, given)
        expected = receipt.deserves(recorded.purchase.net_minor, is_returned=False)
        if where == "Bert":
            expected["Straße"] = self.within_the_cap(expected["Straße"])
        assert given == expected
        assert all(sum(row["amount"] for row in line.because) == line.amount for line in recorded.credits)
        self.receipts[recorded.purchase.id] = receipt
        return None, receipt

    def within_the_cap(self, points):
        """Of what a purchase at Bert's deserves, what his cap for the month still gives."""
        month = self.month()
        given = min(points, by_hand.CAP - self.given_at_berts.get(month, 0))
        self.given_at_berts[month] = self.given_at_berts.get(month, 0) + given
        return given

    def month(self):
        return self.shop.operator.clock_at.astimezone(by_hand.BERLIN).strftime("%Y-%m")

    def guests_buy(self, baskets):
        for who, lines, rest, where in baskets:
            code, receipt = self.buys(self.guest(who), lines, rest, where)
            due = sum(line.amount for line in lines) + rest
            assert (code, receipt.purchase.net_minor) == (None, due - receipt.standing(rest))

    def a_guest_pays_with_points(self, who, asked, rest, where):
        member, program = self.guest(who), "Straße" if where else ["Straße", "Punkte"][asked % 2]
        held = self.accounts(member)
        is_vip = bool(held["Club"].level)
        due = rest - (0 if where else by_hand.standing([], rest, held["Stufen"].level, is_vip))
        points = by_hand.points_taken(asked, held[program].balance, due)
        wanted = Points(self.shop.programs[program].id, asked)
        code, receipt = self.buys(member, [], rest, where, points=wanted)
        assert code == ("below_minimum" if points < by_hand.MINIMUM else None)
        assert receipt is None or receipt.purchase.net_minor == due - points

    def a_guest_pays_with_vouchers_and_gift_cards(self, who, which, is_open, rest):
        criteria = {"status": "open", "reward__kind__endswith": "_off"} if is_open else {}
        found = {one.code: one for one in (self.pick(Voucher, one, **criteria) for one in which) if one}
        kinds = [self.pick(Reward, 0, id=one.reward_id) for one in found.values()]
        cards = self.on_cards(voided_at=None)
        code, receipt = self.buys(self.guest(who), [], rest, vouchers=tuple(found), gift_cards=tuple(cards))
        are_good = all(one.status == "open" for one in found.values())
        assert (code is None) == (are_good and all(kind.kind.endswith("_off") for kind in kinds))
        if receipt:
            offers = [(kind.value_minor, kind.percent) for kind in kinds]
            due = by_hand.vouchers(rest - receipt.standing(rest), offers)
            receipt.cards = list(zip(cards, by_hand.paid_by_cards(due, cards.values()), strict=True))
            assert receipt.purchase.net_minor == due
            assert self.on_cards(code__in=list(cards)) == {
                one: cards[one] - paid for one, paid in receipt.cards
            }

    def on_cards(self, **criteria):
        """{code: balance} of gift cards."""
        with self.shop.at():
            rows = GiftCard.objects.filter(**criteria).order_by("id")
            return dict(rows.values_list("code", "balance_minor"))

    def money_is_given_back(self, which, part, by_operator):
        receipt = list(self.receipts.values())[which % len(self.receipts)]
        self.gives_back(receipt, "" if by_operator else receipt.where, amount_minor=part)

    def items_come_back(self, which, quantity):
        with_items = [one for one in self.receipts.values() if one.lines] or list(self.receipts.values())
        receipt = with_items[which % len(with_items)]
        name = receipt.lines[0].name if receipt.lines else "Brot"
        code = self.gives_back(receipt, receipt.where, items=[Returned(name, quantity)])
        if code is None and name == "Kuchen":
            receipt.cakes_back += quantity

    def gives_back(self, receipt, where, **what):
        purchase = self.pick(Purchase, 0, id=receipt.purchase.id)
        code, _given = self.tries(checkout.give_back, purchase, where=where, **what)
        assert code in (None, "nothing_left", "invalid")
        return code

    def a_guest_takes_a_reward(self, who, which, where, use):
        criteria = {"program__name": "Straße"} if where else {"program__isnull": False}
        reward = self.pick(Reward, which, **criteria)
        self.tries(redeeming.redeem, member=self.guest(who), reward=reward, use=use, where=where)

    def a_reward_is_cancelled(self, which):
        if redemption := self.pick(Redemption, which):
            self.tries(redeeming.cancel, redemption)

    # What moves, and what is given without a purchase.

    def points_are_handed_over(self, who, to, program, amount):
        program = self.shop.programs[program]
        self.tries(
            transferring.transfer, member=self.guest(who), to=self.guest(to), program=program, amount=amount
        )

    def two_cards_are_one_persons(self, who, into):
        if self.merged < 2:
            owed = self.owed()
            code, _survivor = self.tries(merging.merge, self.guest(who), self.guest(into))
            self.merged += code is None
            self.shop.float_bears += owed - self.owed()

    def owed(self):
        """What cards owe in the coalition."""
        with self.shop.at():
            rows = Account.objects.filter(program=self.shop.programs["Straße"])
            return sum(rows.values_list("debt", flat=True))

    def a_guest_brings_a_friend(self, who, rest):
        friend = makers.member(self.shop.operator, "Noch eine Freundin", referred_by=self.guest(who))
        self.buys(friend, [], rest)

    def a_code_is_entered(self, who, which):
        code = self.shop.codes[which % len(self.shop.codes)]
        _code, used = self.tries(using.enter, member=self.guest(who), text=code)
        assert isinstance(used, using.Used) or used.code == "code_used"

    def somebody_corrects(self, who, program, amount):
        self.tries(
            adjusting.adjust, member=self.guest(who), program=self.shop.programs[program], amount=amount,
            reason="Kulanz", actor="Aylin",
        )  # fmt: skip

    # The club, and time.

    def a_guest_subscribes(self, who, plan):
        self.tries(club.subscribe, member=self.guest(who), program=self.shop.programs["Club"], plan=plan)

    def a_subscription_changes(self, which, who, what):
        row = self.pick(Subscription, which)
        verb, named = {
            "pay": (club.pay, {}), "cancel": (club.cancel, {"at": "now"}), "leave": (club.cancel, {"at": "period_end"}),
            "pause": (changing.pause, {}), "resume": (changing.resume, {}),
            "seat": (seats.add, {"name": "Kind", "member": self.guest(who)}),
        }[what]  # fmt: skip
        self.tries(verb, row, **named)

    def time_passes(self, hours):
        operator, month = self.shop.operator, settlement.read_month(self.month())
        to = operator.clock_at + timedelta(hours=hours)
        turning.turn(merchant=operator, to=to)
        assert not any(turning.turn(merchant=operator, to=to).values())
        with self.shop.at():
            settled = settlement.of_month(self.shop.programs["Straße"], month)
        assert sum(one.net_minor for one in settled.partners) + settled.fee_minor + settled.float_minor == 0
        self.is_changed = True

    @invariant()
    def the_books_hold(self):
        # Where the last step was refused everything stands as it stood.
        if self.is_changed:
            with self.shop.at():
                all_books.check(self.shop, self.receipts, self.shop.operator.clock_at)
        self.is_changed = False


VARIANTS = {
    "settled on earning": {"Straße": {"settle_on": "earn", "fee_percent": "3"}},
    "settled on redeeming": {
        "Straße": {"settle_on": "redeem", "expiry": {"kind": "inactivity", "months": 2}},
        "Stufen": {"downgrade": {"policy": "full", "grace_days": 5}},
        "Punkte": {"expiry": {"kind": "inactivity", "months": 1}},
    },
}


@pytest.mark.parametrize("more", VARIANTS.values(), ids=list(VARIANTS))
def test_the_books_hold_with_all_types_at_once(more):
    # Under a name of its own each plays stories of its own.
    name = f"StoryOfAll{list(VARIANTS.values()).index(more)}"
    run_state_machine_as_test(type(name, (Story,), {"more": more}), settings=STORIES)
