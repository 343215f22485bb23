"""Sales are recorded and earn: through the verbs, with the books checked after every test."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from loyalty.merchants.models import Location
from members import privacy
from members.models import Member
from programs import adjusting, catalogue, purchases, settling
from programs.models import Account, Credit, Program, Purchase, Unlock
from programs.purchases import Item
from rewards import checkout
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


def given(recorded):
    return [credit.amount for credit in recorded.credits]


def test_one_purchase_earns_in_every_program(cafe, jonas):
    makers.points_program(cafe)
    makers.punch_card(cafe)
    recorded = makers.purchase(cafe, jonas, 1999)
    assert given(recorded) == [19, 1]
    with tenancy.scope(cafe):
        assert Credit.objects.filter(purchase=recorded.purchase).count() == 2


def test_a_row_in_credits_also_where_nothing_was_given(cafe, jonas):
    makers.points_program(cafe)
    (credit,) = makers.purchase(cafe, jonas, 99).credits
    assert (credit.amount, credit.because[0]["code"]) == (0, "too_little")


def test_the_fraction_is_kept_also_when_the_purchase_gave_none(cafe, jonas):
    program = makers.points_program(cafe, earn={"per_minor": 5000, "accumulate": True})
    assert given(makers.purchase(cafe, jonas, 3000)) == [0]
    assert given(makers.purchase(cafe, jonas, 2000)) == [1]
    assert books.account(cafe, jonas, program).carry_num == 0


def test_stamps_per_amount_accumulate(cafe, jonas):
    makers.punch_card(cafe, stamp_per="amount", per_minor=5000, accumulate=True)
    assert [given(makers.purchase(cafe, jonas, amount)) for amount in (3000, 2000, 10_000)] == [[0], [1], [2]]


def test_a_net_of_ninety_earns_ninety(cafe, jonas):
    program = makers.points_program(cafe)
    with tenancy.scope(cafe):
        new = purchases.NewPurchase(jonas, 10_000, discounts=(purchases.Discount(1000),))
        recorded = purchases.record(new)
    assert (recorded.purchase.net_minor, given(recorded)) == (9000, [90])
    assert makers.balance(cafe, jonas, program) == 90


def test_a_limit_per_day_counts_what_was_given_that_day(cafe, jonas):
    makers.points_program(cafe, earn={"limit": {"per_day": 100}})
    assert given(makers.purchase(cafe, jonas, 8000)) == [80]
    second = makers.purchase(cafe, jonas, 5000)
    assert given(second) == [20]
    told = {"code": "limited", "limit": 100, "period": "day", "had": 80}
    assert second.credits[0].because[0] | told == second.credits[0].because[0]
    makers.turn_to(cafe, NOON + timedelta(days=1))
    assert given(makers.purchase(cafe, jonas, 5000)) == [50]


def test_a_limit_of_a_month_holds_for_a_purchase_that_is_sent_late(cafe, jonas):
    with tenancy.scope(cafe):
        catalogue.create(type="points", name="P", settings={"earn": {"limit": {"per_month": 100}}},
                         starts_at=NOON - timedelta(days=30))  # fmt: skip
    assert given(makers.purchase(cafe, jonas, 9000)) == [90]
    late = makers.purchase(cafe, jonas, 9000, occurred_at=NOON - timedelta(days=2))
    assert given(late) == [10]


def test_the_same_external_id_is_one_purchase_and_one_credit(cafe, jonas):
    program = makers.points_program(cafe)
    first = makers.purchase(cafe, jonas, 1000, external_id="bon-1")
    again = makers.purchase(cafe, jonas, 9999, external_id="bon-1")
    assert (again.is_repeat, again.purchase.id, given(again)) == (True, first.purchase.id, [10])
    assert makers.balance(cafe, jonas, program) == 10


def test_the_same_external_id_twice_in_a_batch(cafe, jonas):
    makers.points_program(cafe)
    sale = checkout.Sale(jonas, 1000, external_id="bon-1")
    with tenancy.scope(cafe):
        first, second = checkout.ring_up_many([sale, sale])
        assert (first.is_repeat, second.is_repeat) == (False, True)
        assert first.purchase.id == second.purchase.id
        assert Purchase.objects.count() == 1


def test_without_a_member_a_purchase_is_recorded_and_earns_nothing(cafe):
    makers.points_program(cafe)
    recorded = makers.purchase(cafe, None, 1000)
    assert (recorded.purchase.member_id, recorded.credits) == (None, [])
    with tenancy.scope(cafe):
        assert Purchase.objects.filter(member=None).count() == 1


def test_a_batch_keeps_good_rows_when_others_are_refused_in_order(cafe, jonas):
    program = makers.points_program(cafe)
    sales = [checkout.Sale(jonas, amount) for amount in (1000, -1, 500)]
    with tenancy.scope(cafe):
        good, bad, also_good = checkout.ring_up_many(sales)
        assert (given(good), given(also_good)) == ([10], [5])
        assert isinstance(bad, Invalid)
        assert list(bad.facts["field_errors"]) == ["amount_minor"]
        assert Purchase.objects.count() == 2
    assert makers.balance(cafe, jonas, program) == 15


@pytest.mark.parametrize(
    ("sale", "field"),
    [
        ({"amount_minor": -1}, "amount_minor"),
        ({"amount_minor": 10**12 + 1}, "amount_minor"),
        ({"currency": "CHF"}, "currency"),
        ({"items": (Item(1001),)}, "items"),
        ({"items": (Item(-1),)}, "items.0.amount_minor"),
        ({"items": (Item(1), Item(1, quantity=0))}, "items.1.quantity"),
        ({"occurred_at": NOON + 5 * MINUTE + timedelta(seconds=1)}, "occurred_at"),
        ({"occurred_at": datetime(1899, 12, 31, tzinfo=UTC)}, "occurred_at"),
    ],
)
def test_what_cannot_be_is_refused(cafe, jonas, sale, field):
    makers.points_program(cafe)
    with books.refused(cafe, "invalid") as caught:
        checkout.ring_up(checkout.Sale(**{"member": jonas, "amount_minor": 1000} | sale))
    assert list(caught.value.facts["field_errors"]) == [field]


def test_nothing_and_the_largest_amount_are_purchases(cafe, jonas):
    makers.points_program(cafe)
    assert given(makers.purchase(cafe, jonas, 0)) == [0]
    assert given(makers.purchase(cafe, jonas, 10**12)) == [10**10]


def test_a_till_that_is_five_minutes_ahead_earns_at_once(cafe, jonas):
    program, card = makers.points_program(cafe), makers.punch_card(cafe, stamps_required=1)
    recorded = makers.purchase(cafe, jonas, 1000, occurred_at=NOON + 5 * MINUTE)
    assert (given(recorded), len(recorded.unlocks)) == ([10, 1], 1)
    assert books.account(cafe, jonas, program).pending == 0
    assert books.account(cafe, jonas, card).balance == 0


def test_points_that_had_expired_when_they_were_sent_are_booked_and_gone(cafe, jonas):
    expiry = {"kind": "after", "months": 1}
    with tenancy.scope(cafe):
        program = catalogue.create(type="points", name="Alt", settings={"expiry": expiry},
                                   starts_at=NOON - timedelta(days=900))  # fmt: skip
    makers.purchase(cafe, jonas, 500)
    makers.purchase(cafe, jonas, 1000, occurred_at=NOON - timedelta(days=400))
    assert books.entries(cafe, jonas, program) == [("earn", 5, 0), ("earn", 10, 0), ("expire", -10, 0)]
    assert makers.balance(cafe, jonas, program) == 5


def test_a_purchase_before_the_program_began_earns_nothing_in_it(cafe, jonas):
    makers.points_program(cafe)
    assert makers.purchase(cafe, jonas, 1000, occurred_at=NOON - MINUTE).credits == []


def test_a_closed_program_gives_no_more(cafe, jonas):
    program = makers.points_program(cafe)
    with tenancy.scope(cafe):
        catalogue.change(program, actor="", status=Program.Status.CLOSED)
    assert makers.purchase(cafe, jonas, 1000).credits == []


def test_only_who_was_enrolled_takes_part_where_nobody_is_by_itself(cafe, jonas):
    with tenancy.scope(cafe):
        program = catalogue.create(type="points", name="Verein", auto_enrol=False)
    assert makers.purchase(cafe, jonas, 1000).credits == []
    with tenancy.scope(cafe):
        adjusting.adjust(member=jonas, program=program, amount=1, reason="Beitritt", actor="Aylin")
    assert given(makers.purchase(cafe, jonas, 1000)) == [10]


def test_the_first_purchase_is_known_within_a_batch_and_from_an_old_row(cafe, jonas):
    program = makers.points_program(cafe)
    rule = {"name": "Willkommen", "when": {"event": "purchase"}, "if": {"first_purchase": True},
            "gives": {"amount": 50}}  # fmt: skip
    with tenancy.scope(cafe):
        catalogue.add_rule(program, definition=rule)
        stale = Member.objects.get(id=jonas.id)
        first, second = checkout.ring_up_many([checkout.Sale(jonas, 100), checkout.Sale(jonas, 100)])
        third = checkout.ring_up(checkout.Sale(stale, 100))
        assert [given(one) for one in (first, second, third)] == [[51], [1], [1]]
        assert Member.objects.get(id=jonas.id).visits == 3


def test_visits_and_the_last_one_are_counted(cafe, jonas):
    makers.purchase(cafe, jonas, 100)
    makers.purchase(cafe, jonas, 100, occurred_at=NOON - timedelta(days=3))
    with tenancy.scope(cafe):
        member = Member.objects.get(id=jonas.id)
    assert (member.visits, member.last_visit_at) == (2, NOON)


def test_a_preview_says_what_would_be_and_stores_nothing(cafe, jonas):
    makers.points_program(cafe)
    makers.punch_card(cafe, stamps_required=1)
    before = books.rows(cafe)
    with tenancy.scope(cafe):
        seen = checkout.ring_up(checkout.Sale(jonas, 1999), preview=True)
    assert (given(seen), len(seen.unlocks)) == ([19, 1], 1)
    assert books.rows(cafe) == before


def test_discounts_fall_on_the_lines_to_the_cent(cafe, jonas):
    items = (Item(999, "a"), Item(999, "b"), Item(1, "c"))
    with tenancy.scope(cafe):
        new = purchases.NewPurchase(
            jonas, 3000, items=items, discounts=(purchases.Discount(100, line=0), purchases.Discount(1000))
        )
        purchase = purchases.record(new).purchase
    off = [item["discount_minor"] for item in purchase.items]
    # 100 off the first line; of 1000 for the whole 473.4, 526.1 and 0.5 fall on the lines, and nothing on the rest.
    assert off == [100 + 473, 526, 1]
    assert purchase.net_minor == 1900


def test_what_the_lines_cannot_take_falls_on_the_rest(cafe, jonas):
    with tenancy.scope(cafe):
        new = purchases.NewPurchase(
            jonas, 3000, items=(Item(999, "a"),), discounts=(purchases.Discount(1500),)
        )
        purchase = purchases.record(new).purchase
    assert [item["discount_minor"] for item in purchase.items] == [999]
    assert purchase.net_minor == 1500


def test_a_rule_of_a_location(cafe, jonas):
    program = makers.points_program(cafe)
    with tenancy.scope(cafe):
        here = Location.objects.get()
        rule = {"name": "Hier", "when": {"event": "visit"}, "if": {"locations": [here.public_id]},
                "gives": {"amount": 5}}  # fmt: skip
        catalogue.add_rule(program, definition=rule)
    assert given(makers.purchase(cafe, jonas, 100)) == [1]
    assert given(makers.purchase(cafe, jonas, 100, location=here)) == [6]


# Punch card


def card(merchant, member, program):
    """(stamps on the card, open unlocks)."""
    with tenancy.scope(merchant):
        account = Account.objects.get(member=member, program=program)
        return account.balance - account.debt, Unlock.objects.filter(account=account, status="open").count()


def visit(merchant, member, *, times=1, every=timedelta(hours=2)):
    for _ in range(times):
        makers.purchase(merchant, member)
        makers.turn_to(merchant, merchant.clock_at + every)


def test_the_tenth_stamp_unlocks_and_the_eleventh_visit_shows_one_of_ten(cafe, jonas):
    program = makers.punch_card(cafe)
    visit(cafe, jonas, times=9)
    assert card(cafe, jonas, program) == (9, 0)
    visit(cafe, jonas)
    assert card(cafe, jonas, program) == (0, 1)
    visit(cafe, jonas)
    assert card(cafe, jonas, program) == (1, 1)


def test_a_capped_card_stays_full_until_its_reward_is_taken(cafe, jonas):
    program = makers.punch_card(cafe, overflow="cap", stamps_required=3)
    visit(cafe, jonas, times=3)
    assert card(cafe, jonas, program) == (3, 1)
    full = makers.purchase(cafe, jonas)
    assert (given(full), full.credits[0].because[0]["code"]) == ([0], "card_full")
    assert card(cafe, jonas, program) == (3, 1)


@pytest.mark.parametrize(("required", "cards", "over"), [(4, 18, 3), (3, 25, 0)])
def test_seventy_five_items_in_one_purchase(cafe, jonas, required, cards, over):
    program = makers.punch_card(cafe, stamp_per="item", stamps_required=required)
    recorded = makers.purchase(cafe, jonas, 7500, items=(Item(7500, "brezel", quantity=75),))
    assert len(recorded.unlocks) == cards
    assert card(cafe, jonas, program) == (over, cards)


def test_under_a_cooldown_a_visit_is_recorded_and_gives_none(cafe, jonas):
    program = makers.punch_card(cafe, cooldown_minutes=60)
    makers.purchase(cafe, jonas)
    makers.turn_to(cafe, NOON + 59 * MINUTE)
    early = makers.purchase(cafe, jonas)
    assert early.credits[0].because[0] == {"rule": "earn", "code": "cooldown", "minutes_left": 1, "amount": 0}
    makers.turn_to(cafe, NOON + 60 * MINUTE)
    assert given(makers.purchase(cafe, jonas)) == [1]
    assert card(cafe, jonas, program) == (2, 0)
    with tenancy.scope(cafe):
        assert Purchase.objects.count() == 3


def test_a_visit_sent_late_does_not_slip_in_between_two_stamps(cafe, jonas):
    with tenancy.scope(cafe):
        catalogue.create(type="punch_card", name="Karte", settings={"cooldown_minutes": 60},
                         starts_at=NOON - timedelta(days=1))  # fmt: skip
    makers.purchase(cafe, jonas)
    late = makers.purchase(cafe, jonas, occurred_at=NOON - 59 * MINUTE)
    assert late.credits[0].because[0]["code"] == "cooldown"


def test_welcome_stamps_are_there_on_joining(cafe):
    program = makers.punch_card(cafe, welcome_stamps=2)
    assert card(cafe, makers.member(cafe, "Neu"), program) == (2, 0)


def test_stamps_that_were_pending_fill_the_card_when_they_become_stamps(cafe, jonas):
    program = makers.punch_card(cafe, stamps_required=2, pending_days=14)
    visit(cafe, jonas, times=2)
    assert card(cafe, jonas, program) == (0, 0)
    makers.turn_to(cafe, NOON + timedelta(days=14))
    with tenancy.scope(cafe):
        assert settling.settle_due() == 1
        assert settling.settle_due() == 0
    assert card(cafe, jonas, program) == (0, 1)


def test_pending_stamps_fill_a_capped_card_also_when_the_next_visit_settles_them(cafe, jonas):
    program = makers.punch_card(cafe, stamps_required=2, pending_days=14, overflow="cap")
    visit(cafe, jonas, times=3)
    makers.turn_to(cafe, NOON + timedelta(days=15))
    makers.purchase(cafe, jonas)
    assert card(cafe, jonas, program) == (2, 1)


def test_nothing_is_booked_for_a_member_who_has_left():
    merchant = makers.merchant()
    makers.points_program(merchant)
    member = makers.member(merchant, email="max@example.org")
    with tenancy.scope(merchant):
        gone = privacy.erase(member)
        before = Purchase.objects.count()
        with pytest.raises(purchases.MemberGone):
            checkout.ring_up(checkout.Sale(member=gone, amount_minor=420))
        assert Purchase.objects.count() == before


def test_a_purchase_that_arrives_late_earns_by_the_rules_of_its_own_time(cafe):
    program = makers.points_program(cafe)
    member = makers.member(cafe)
    makers.turn_to(cafe, NOON + timedelta(days=2))
    with tenancy.scope(cafe):
        catalogue.change(program, actor="Aylin", settings={"earn": {"points": 2}})
    late = makers.purchase(cafe, member, 1000, occurred_at=NOON + timedelta(days=1))
    fresh = makers.purchase(cafe, member, 1000, occurred_at=NOON + timedelta(days=2))
    older_than_all = makers.purchase(cafe, member, 1000, occurred_at=NOON - timedelta(days=1))
    assert [late.credits[0].amount, fresh.credits[0].amount] == [10, 20]
    # It happened before the program started.
    assert older_than_all.credits == []
