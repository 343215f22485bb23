"""Stories of a high street, with the settlement of each month looked at. The books are checked on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty import tenancy
from programs import adjusting, settling, transferring
from programs.coalition import settlement
from rewards import merging
from tests import makers
from tests.coalition.street import Street
from tests.makers import NOON

pytestmark = pytest.mark.django_db
APRIL = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)


def joined(*names, **settings):
    """A street, and its partners in order."""
    street = Street(**settings)
    return street, *(street.join(name) for name in names)


def row(street, shop, month="2026-03"):
    return next(one for one in street.month(month).partners if one.partner_id == shop.id)


def adjust(street, amount):
    with tenancy.scope(street.operator):
        adjusting.adjust(
            member=street.jonas, program=street.program, amount=amount, reason="Kulanz", actor=""
        )


def test_a_issues_100_and_b_redeems_100_settled_on_earn(street):
    anna, bert = street.join("Anna"), street.join("Bert")
    bought = street.buy(anna, 10_000)
    street.redeem(bert, 100)
    assert street.nets() == ({"Anna": -100, "Bert": 100}, 0)
    street.turn_to(APRIL)
    street.refund(anna, bought)
    assert street.nets("2026-04") == ({"Anna": 100, "Bert": 0}, -100)
    assert street.nets("2026-03") == ({"Anna": -100, "Bert": 100}, 0)


def test_points_not_yet_redeemed_lie_in_the_float(street):
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 10_000)
    assert street.nets() == ({"Anna": -100, "Bert": 0}, 100)
    street.redeem(bert, 30)
    assert street.nets() == ({"Anna": -100, "Bert": 30}, 70)


def test_settled_on_redeem_the_float_stays_empty():
    street, anna, bert = joined("Anna", "Bert", settle_on="redeem")
    street.buy(anna, 10_000)
    assert street.nets() == ({"Anna": 0, "Bert": 0}, 0)
    street.redeem(bert, 30)
    assert street.nets() == ({"Anna": -30, "Bert": 30}, 0)


def test_the_points_that_expire_first_are_used_first_and_their_issuer_owes():
    street, anna, bert, cara = joined("Anna", "Bert", "Cara", settle_on="redeem")
    street.buy(anna, 5_000)
    street.buy(bert, 5_000)
    street.redeem(cara, 70)
    assert street.nets() == ({"Anna": -50, "Bert": -20, "Cara": 70}, 0)


def test_a_partner_that_redeems_its_own_points_nets_nothing():
    for settle_on in ("earn", "redeem"):
        street, anna = joined("Anna", settle_on=settle_on)
        street.buy(anna, 10_000)
        street.redeem(anna, 100)
        assert (row(street, anna).redeemed_points, street.nets()) == (100, ({"Anna": 0}, 0))


def test_a_refund_in_the_same_month_leaves_what_the_rest_deserves(street):
    anna = street.join("Anna")
    street.refund(anna, street.buy(anna, 10_000), amount_minor=7_500)
    one = row(street, anna)
    assert (one.issued_points, one.owes_minor, one.net_minor) == (25, 25, -25)


def test_the_fee_of_what_is_taken_back_is_returned():
    street, anna = joined("Anna", fee_percent="10")
    bought = street.buy(anna, 10_000)
    assert (row(street, anna).fee_minor, street.month().fee_minor) == (10, 10)
    street.turn_to(APRIL)
    street.refund(anna, bought, amount_minor=5_000)
    assert row(street, anna, "2026-04").fee_minor == -5
    assert street.nets("2026-04") == ({"Anna": 55}, -50)


def test_a_cancelled_redemption_mirrors_what_it_posted():
    street, anna, bert = joined("Anna", "Bert", settle_on="redeem", fee_percent="10")
    street.buy(anna, 10_000)
    redemption = street.redeem(bert, 40)
    assert street.nets() == ({"Anna": -44, "Bert": 40}, 0)
    street.turn_to(APRIL)
    street.cancel(bert, redemption)
    assert street.nets("2026-04") == ({"Anna": 44, "Bert": -40}, 0)


def test_spent_points_of_a_returned_purchase_are_owed_by_the_card_and_paid_by_its_next_points(street):
    anna, bert, cara = (street.join(name) for name in ("Anna", "Bert", "Cara"))
    bought = street.buy(anna, 10_000)
    street.redeem(bert, 100)
    street.refund(anna, bought)
    # The float has paid Bert, and waits for the card.
    assert street.nets() == ({"Anna": 0, "Bert": 100, "Cara": 0}, -100)
    street.buy(cara, 10_000)
    assert street.nets() == ({"Anna": 0, "Bert": 100, "Cara": -100}, 0)


def test_settled_on_redeem_whoevers_points_pay_the_debt_owes_for_them():
    street, anna, bert, cara = joined("Anna", "Bert", "Cara", settle_on="redeem")
    bought = street.buy(anna, 10_000)
    street.redeem(bert, 100)
    street.refund(anna, bought)
    assert street.nets() == ({"Anna": 0, "Bert": 100, "Cara": 0}, -100)
    street.buy(cara, 10_000)
    assert street.nets() == ({"Anna": 0, "Bert": 100, "Cara": -100}, 0)


def test_when_other_points_are_taken_in_place_of_spent_ones_the_returned_sale_owes_nothing():
    for settle_on in ("earn", "redeem"):
        street, anna, bert, cara = joined("Anna", "Bert", "Cara", settle_on=settle_on)
        bought = street.buy(anna, 10_000)
        street.redeem(bert, 100)
        street.buy(cara, 10_000)
        street.refund(anna, bought)
        assert street.nets() == ({"Anna": 0, "Bert": 100, "Cara": -100}, 0)


def test_expired_points_stay_in_the_float():
    street, anna = joined("Anna", expiry={"kind": "after", "months": 1})
    street.buy(anna, 10_000)
    street.turn_to(NOON + timedelta(days=40))
    with tenancy.scope(street.operator):
        assert settling.settle_due() == 1
    assert street.nets() == ({"Anna": -100}, 100)
    assert street.nets("2026-04") == ({"Anna": 0}, 0)


def test_what_the_operator_gives_by_hand_it_owes_and_what_it_takes_goes_back_to_who_gave(street):
    anna = street.join("Anna")
    adjust(street, 40)
    assert street.nets() == ({"Anna": 0, "Werbegemeinschaft": -40}, 40)
    street.buy(anna, 10_000)
    adjust(street, -60)
    # The operator's 40 are the older ones, and are taken first.
    assert street.nets() == ({"Anna": -80, "Werbegemeinschaft": 0}, 80)


def test_handed_over_points_are_still_their_issuers():
    street, anna, bert = joined("Anna", "Bert", settle_on="redeem")
    ines = makers.member(street.operator, "Ines")
    street.buy(anna, 10_000)
    with tenancy.scope(street.operator):
        transferring.transfer(member=street.jonas, to=ines, program=street.program, amount=60)
    assert street.nets() == ({"Anna": 0, "Bert": 0}, 0)
    street.redeem(bert, 60, ines)
    assert street.nets() == ({"Anna": -60, "Bert": 60}, 0)


def test_a_returned_sale_whose_points_were_handed_over_leaves_the_float_empty_once_all_are_used():
    for settle_on in ("earn", "redeem"):
        street, anna, bert, cara = joined("Anna", "Bert", "Cara", settle_on=settle_on)
        ines = makers.member(street.operator, "Ines")
        bought = street.buy(anna, 10_000)
        with tenancy.scope(street.operator):
            transferring.transfer(member=street.jonas, to=ines, program=street.program, amount=100)
        street.buy(cara, 10_000)
        # Cara's points are taken in place of Anna's, which Ines has and uses.
        street.refund(anna, bought)
        street.redeem(bert, 100, ines)
        assert street.nets() == ({"Anna": 0, "Bert": 100, "Cara": -100}, 0)


def test_pending_points_are_owed_when_they_are_given():
    street, anna = joined("Anna", pending_days=14)
    bought = street.buy(anna, 10_000)
    assert street.nets() == ({"Anna": -100}, 100)
    street.refund(anna, bought)
    assert street.nets() == ({"Anna": 0}, 0)


def test_the_month_is_the_operators_by_its_clock_on_the_wall(street):
    anna = street.join("Anna")
    # 31 March, 23:30 and 1 April, 0:30 in Berlin.
    for moment in (datetime(2026, 3, 31, 21, 30, tzinfo=UTC), datetime(2026, 3, 31, 22, 30, tzinfo=UTC)):
        street.turn_to(moment)
        street.buy(anna, 1_000)
    assert (street.nets("2026-03"), street.nets("2026-04")) == (({"Anna": -10}, 10), ({"Anna": -10}, 10))


def test_a_sale_that_arrives_late_falls_into_its_own_month(street):
    anna = street.join("Anna")
    street.turn_to(APRIL)
    street.buy(anna, 1_000, occurred_at=NOON)
    assert (street.nets("2026-03"), street.nets("2026-04")) == (({"Anna": -10}, 10), ({"Anna": 0}, 0))


def test_when_two_cards_are_brought_together_their_points_are_still_their_issuers():
    for settle_on in ("earn", "redeem"):
        street, anna, bert = joined("Anna", "Bert", settle_on=settle_on)
        ines = makers.member(street.operator, "Ines")
        street.buy(anna, 3_000)
        hers = street.buy(bert, 7_000, ines)
        street.refund(bert, hers, amount_minor=1_000)
        with tenancy.scope(street.operator):
            merging.merge(ines, into=street.jonas)
            hers.purchase.refresh_from_db()
        street.redeem(anna, 90)
        assert street.nets() == ({"Anna": 60, "Bert": -60}, 0)
        street.refund(bert, hers, amount_minor=1_000)
        # Ten of the spent points were not deserved: the card owes them.
        assert street.nets() == ({"Anna": 60, "Bert": -50}, -10)


def test_points_of_parts_of_a_cent_and_fees_of_small_baskets_are_not_lost():
    street, anna, bert = joined("Anna", "Bert", point_value_minor="0.4", fee_percent="2")
    for _basket in range(100):
        street.buy(anna, 100)
    street.redeem(bert, 100)
    assert (row(street, anna).owes_minor, row(street, anna).fee_minor) == (40, 1)
    assert row(street, bert).is_owed_minor == 40


def test_the_months_of_a_partner_add_up_to_what_all_of_it_is_worth():
    street, anna = joined("Anna", point_value_minor="0.5", fee_percent="0")
    months = []
    for month, moment in (("2026-03", NOON), ("2026-04", APRIL), ("2026-05", APRIL + timedelta(days=30))):
        street.turn_to(moment)
        street.buy(anna, 100)
        months.append(row(street, anna, month).owes_minor)
    # 0.5, 1.0 and 1.5 minor units in all, half up: 1, 1, 2.
    assert months == [1, 0, 1]


def test_the_lines_of_a_month_add_up_to_its_net():
    street, anna, bert = joined("Anna", "Bert", point_value_minor="0.3", fee_percent="2.5")
    for amount in (700, 1_300, 200, 900):
        street.buy(anna, amount)
    street.redeem(anna, 11)
    with tenancy.scope(street.operator):
        lines = settlement.lines(street.program, anna.id, settlement.read_month("2026-03"))
        assert sum(line.net_minor for line in lines) == row(street, anna).net_minor
    assert row(street, bert).net_minor == 0
