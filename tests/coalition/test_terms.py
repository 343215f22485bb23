"""Partners: each by its own terms, from its acceptance until it leaves."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid
from programs.coalition import inviting
from programs.coalition.models import Partner
from programs.coalition.terms import NotAPartner
from programs.models import Credit
from rewards import redeeming
from tests import makers
from tests.makers import NOON
from tests.programs.books import rows

pytestmark = pytest.mark.django_db
DOUBLE = {"points": 2, "per_minor": 100}


def credits(street):
    with tenancy.scope(street.operator):
        return list(Credit.objects.order_by("occurred_at", "id").values_list("amount", flat=True))


def test_each_gives_by_its_own_terms(street):
    anna, bert = street.join("Anna", earn=DOUBLE), street.join("Bert")
    assert [street.credit(shop, 1_000) for shop in (anna, bert, street.operator)] == [20, 10, 10]


def test_who_was_invited_and_has_not_accepted_gives_nothing(street):
    shop = makers.merchant("Anna")
    with tenancy.scope(street.operator):
        inviting.invite(street.program, shop.public_id)
    assert street.buy(shop, 1_000).credits == []


def test_who_has_left_gives_and_takes_nothing_and_its_points_stay_good(street):
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 10_000)
    with tenancy.scope(street.operator):
        inviting.depart(street.partner(anna), at=NOON + timedelta(days=30))
    street.turn_to(NOON + timedelta(days=29))
    assert street.partner(anna).status_at(NOON + timedelta(days=29)) == Partner.Status.LEAVING
    assert street.credit(anna, 1_000) == 10
    street.turn_to(NOON + timedelta(days=30))
    assert street.buy(anna, 1_000).credits == []
    with pytest.raises(NotAPartner):
        street.redeem(anna, 10)
    street.redeem(bert, 100)
    assert street.nets("2026-04") == ({"Anna": -10, "Bert": 100}, -90)


def test_a_purchase_is_refunded_by_the_terms_of_its_time(street):
    anna = street.join("Anna", earn=DOUBLE)
    bought = street.buy(anna, 10_000)
    street.turn_to(NOON + timedelta(days=1))
    with tenancy.scope(street.operator):
        inviting.change(street.partner(anna), earn={"points": 1, "per_minor": 1000})
    assert street.credit(anna, 10_000) == 10
    assert [debit for _program, debit in street.refund(anna, bought, amount_minor=5_000).debits] == [-100]


def test_a_purchase_that_arrives_late_earns_by_the_terms_of_its_own_time(street):
    anna = street.join("Anna")
    street.turn_to(NOON + timedelta(days=2))
    with tenancy.scope(street.operator):
        inviting.change(street.partner(anna), earn=DOUBLE)
    assert street.credit(anna, 1_000, occurred_at=NOON + timedelta(days=1)) == 10
    assert street.credit(anna, 1_000) == 20


def test_the_value_of_a_point_is_that_of_when_it_was_given(street):
    anna, bert = street.join("Anna"), street.join("Bert")
    street.buy(anna, 10_000)
    with tenancy.scope(street.operator):
        program = type(street.program).objects.get(id=street.program.id)
        makers.catalogue.change_program(
            program, settings={"point_value_minor": "5", "settle_on": "earn"}, actor=""
        )
    street.redeem(bert, 100)
    assert street.nets() == ({"Anna": -100, "Bert": 100}, 0)


def test_who_does_not_take_points_refuses_and_nothing_is_written(street):
    anna, bert = street.join("Anna"), street.join("Bert", redeems=False)
    street.buy(anna, 10_000)
    reward = street.reward(50)
    before = rows(street.operator)
    with street.at(bert), pytest.raises(NotAPartner):
        redeeming.redeem(member=street.jonas, reward=reward)
    assert rows(street.operator) == before


@pytest.mark.parametrize(
    ("options", "sentence"), [({"currency": "CHF"}, "another currency"), ({"sandbox": False}, "sandbox")]
)
def test_who_does_not_fit_the_operator_is_not_invited(street, options, sentence):
    shop = makers.registering.register(**{
        "name": "Fremd", "email": "f@fremd.example", "currency": "EUR", "timezone": "Europe/Berlin", "country": "DE",
        "sandbox": True, "clock_at": None if options.get("sandbox") is False else NOON} | options).merchant  # fmt: skip
    with tenancy.scope(street.operator), pytest.raises(Invalid) as caught:
        inviting.invite(street.program, shop.public_id)
    assert sentence in str(caught.value.facts["field_errors"]["merchant"][0])
