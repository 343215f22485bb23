"""What a partner may read: asked in SQL, as the role that its answers are read by. Nothing of another's, no persons."""

import pytest
from django.apps import apps
from django.db import Error, connection, transaction

from loyalty import tenancy
from loyalty.tenancy import partners
from loyalty.tenancy.engine.base import is_tenant
from programs.coalition import allowances
from programs.coalition.models import Introduction
from programs.models import Purchase
from tests import makers

pytestmark = pytest.mark.django_db
OWN = {
    "programs_purchase", "programs_refund", "programs_entry", "rewards_redemption", "coalition_partner",
    "coalition_prepaidblock", "coalition_introduction",
}  # fmt: skip
SHOWN = {*OWN, "coalition_posting", "members_member", "programs_account", "programs_program"}
TABLES = {model._meta.db_table for model in apps.get_models() if is_tenant(model)}


@pytest.fixture
def shops(street):
    """Anna and Bert, each with one of everything; and the operator's own sale."""
    anna, bert = street.join("Anna"), street.join("Bert")
    for shop in (anna, bert):
        bought = street.buy(shop, 10_000)
        street.refund(shop, bought, amount_minor=1_000)
        street.redeem(shop, 10)
        with street.at(shop):
            Introduction.objects.create(
                member=street.jonas, partner_id=shop.id, name=f"Jonas bei {shop.name}"
            )
        with tenancy.scope(street.operator):
            allowances.buy(street.partner(shop), points=10, price_minor=10)
    street.buy(street.operator, 5_000)
    return anna, bert


def ask(sql, *params):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.fixture
def as_anna(street, shops):
    with street.at(shops[0]), partners.reading():
        yield shops


def test_its_own_rows_are_there_and_no_others(as_anna):
    anna, bert = as_anna
    for table in OWN:
        assert {row[0] for row in ask(f"SELECT partner_id FROM {table}")} == {anna.id}, table
        assert ask(f"SELECT count(*) FROM {table} WHERE partner_id = %s", bert.id) == [(0,)]


def test_of_the_postings_those_in_which_it_pays_or_is_paid(as_anna):
    anna, _bert = as_anna
    found = ask("SELECT DISTINCT coalesce(payer_id, payee_id) FROM coalition_posting")
    assert found == [(anna.id,)]


def test_of_a_member_it_sees_the_number_and_that_it_is_valid(as_anna, street):
    assert ask("SELECT number, status, language FROM members_member") == [
        (street.jonas.number, "active", "de")
    ]
    assert ask("SELECT balance, pending, debt FROM programs_account") == [(210, 0, 0)]
    assert ask("SELECT name FROM coalition_introduction") == [("Jonas bei Anna",)]


def test_of_a_member_nothing_personal_can_be_asked_for(as_anna):
    for column in (
        "name",
        "email",
        "email_key",
        "phone",
        "birthday",
        "external_id",
        "visits",
        "last_visit_at",
        "*",
    ):
        with pytest.raises(Error, match="permission denied"):
            ask(f"SELECT {column} FROM members_member")


def test_every_other_table_is_closed(as_anna):
    for table in TABLES - SHOWN:
        with pytest.raises(Error, match=f"permission denied for table {table}"):
            ask(f"SELECT merchant_id FROM {table}")


def test_persons_keys_and_cards_of_the_installation_are_closed(as_anna):
    for table in (
        "members_cardtoken",
        "merchants_apikey",
        "merchants_merchant",
        "auth_user",
        "coalition_partnerdoor",
    ):
        with pytest.raises(Error, match=f"permission denied for table {table}"):
            ask(f"SELECT count(*) FROM {table}")


def test_nothing_can_be_written(as_anna):
    for statement in (
        "UPDATE {} SET id = id",
        "DELETE FROM {}",
        "INSERT INTO {} (id) VALUES (gen_random_uuid())",
    ):
        for table in SHOWN:
            with pytest.raises(Error, match=f"permission denied for table {table}"):
                ask(statement.format(table))


def test_with_a_forged_id_another_partners_purchase_is_not_there(street, shops):
    anna, bert = shops
    with tenancy.scope(street.operator):
        theirs = Purchase.objects.filter(partner_id=bert.id).values_list("id", flat=True)[0]
    with street.at(anna), partners.reading():
        assert ask("SELECT count(*) FROM programs_purchase WHERE id = %s", theirs) == [(0,)]
        assert not Purchase.objects.filter(id=theirs).only("id").exists()


def test_without_a_partner_that_acts_nothing_is_there(street, shops):
    with tenancy.scope(street.operator), transaction.atomic():
        connection.cursor().execute("SET LOCAL ROLE stammgast_partner")
        # The operator acts for itself: it has sold nothing as its own partner.
        assert ask("SELECT count(*) FROM programs_purchase") == [(0,)]


def test_outside_of_a_scope_nothing_is_there(street, shops):
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL ROLE stammgast_partner")
        for table in sorted(SHOWN):
            assert ask(f"SELECT count(*) FROM {table}") == [(0,)]
        connection.cursor().execute("RESET ROLE")


def test_another_operators_rows_are_not_there(street, shops):
    anna, _bert = shops
    other = makers.merchant("Zweite Werbegemeinschaft")
    with tenancy.scope(other, acting=anna), partners.reading():
        for table in sorted(SHOWN):
            assert ask(f"SELECT count(*) FROM {table}") == [(0,)]


def test_after_reading_as_a_partner_the_runtime_is_itself_again_also_after_an_error(street, shops):
    with street.at(shops[0]):
        with pytest.raises(Error, match="permission denied"), partners.reading():
            ask("SELECT name FROM members_member")
        assert ask("SELECT current_user") == [("stammgast_app",)]
        with partners.reading():
            with partners.reading():
                assert ask("SELECT current_user") == [("stammgast_partner",)]
            assert ask("SELECT current_user") == [("stammgast_partner",)]
        assert ask("SELECT current_user") == [("stammgast_app",)]
