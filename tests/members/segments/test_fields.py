"""Each field, on both sides of its borders. The café is in Berlin and it is 12 March 2026, 13:00 there."""

from datetime import UTC, date, datetime

import pytest

from loyalty import ids, tenancy
from loyalty.errors import NotFound
from loyalty.merchants.models import Location
from members import consents, privacy
from members.models import Consent, Member
from members.segments import defining, tree
from members.segments.models import Segment
from programs.models import Account
from programs.purchases import Item
from programs.refunding import Returned
from rewards import checkout
from tests import makers
from tests.members.segments.conftest import read

pytestmark = pytest.mark.django_db


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def visit(cafe, member, at, amount_minor=500, **sale):
    return makers.purchase(cafe, member, amount_minor, occurred_at=at, **sale).purchase


def test_joined_before_after_and_within_days_of_the_merchants_calendar(cafe, names):
    # 22:30 in UTC on 10 March is 23:30 of that day in Berlin, and 23:30 is already 0:30 of the 11th.
    makers.member(cafe, "Zehnter", at=utc(2026, 3, 10, 22, 30))
    makers.member(cafe, "Elfter", at=utc(2026, 3, 10, 23, 30))
    assert names({"field": "joined", "is": "before", "value": "2026-03-11"}) == ["Zehnter"]
    assert names({"field": "joined", "is": "after", "value": "2026-03-10"}) == ["Elfter"]
    assert names({"field": "joined", "is": "after", "value": "2026-03-11"}) == []
    assert names({"field": "joined", "is": "within_days", "value": 1}) == ["Elfter"]
    assert names({"field": "joined", "is": "older_than_days", "value": 1}) == ["Zehnter"]


def test_days_are_the_merchants_in_the_night_when_the_clocks_change(cafe, names):
    makers.turn_to(cafe, utc(2026, 3, 30, 10))
    # 29 March has 23 hours in Berlin: it begins at 23:00 and ends at 22:00 in UTC.
    makers.member(cafe, "Vorher", at=utc(2026, 3, 28, 22, 59))
    makers.member(cafe, "Erste", at=utc(2026, 3, 28, 23, 0))
    makers.member(cafe, "Letzte", at=utc(2026, 3, 29, 21, 59))
    assert names({"field": "joined", "is": "within_days", "value": 1}) == ["Erste", "Letzte"]
    assert names({"field": "joined", "is": "before", "value": "2026-03-30"}) == ["Erste", "Letzte", "Vorher"]
    assert names({"field": "joined", "is": "after", "value": "2026-03-29"}) == []


def test_who_never_came_has_no_last_visit_neither_early_nor_late(cafe, names):
    makers.member(cafe, "Nie")
    visit(cafe, makers.member(cafe, "Alt"), utc(2026, 2, 9, 22, 59))
    visit(cafe, makers.member(cafe, "Neu"), utc(2026, 2, 9, 23, 0))
    assert names({"field": "last_visit", "is": "older_than_days", "value": 30}) == ["Alt"]
    assert names({"field": "last_visit", "is": "within_days", "value": 30}) == ["Neu"]
    assert names({"field": "visits", "is": "at_most", "value": 0}) == ["Nie"]
    assert names({"none": [{"field": "last_visit", "is": "within_days", "value": 30}]}) == ["Alt", "Nie"]


def test_a_purchase_that_came_back_whole_is_no_visit(cafe, names):
    jonas, ines = makers.member(cafe, "Jonas"), makers.member(cafe, "Ines")
    for day in (1, 2):
        visit(cafe, jonas, utc(2026, 3, day, 8))
        returned = visit(cafe, ines, utc(2026, 3, day, 8))
    with tenancy.scope(cafe):
        checkout.give_back(returned)
    assert names({"field": "visits", "is": "at_least", "value": 2}) == ["Jonas"]
    assert names({"field": "visits", "is": "is", "value": 1}) == ["Ines"]
    assert names({"field": "visits", "is": "at_least", "value": 1, "within_days": 10}) == ["Jonas"]


def test_spend_is_net_of_refunds_and_may_be_of_some_days(cafe, names):
    jonas = makers.member(cafe, "Jonas")
    makers.member(cafe, "Ines")
    visit(cafe, jonas, utc(2026, 1, 5, 8), 10_000)
    bought = visit(cafe, jonas, utc(2026, 3, 5, 8), 3_000)
    with tenancy.scope(cafe):
        checkout.give_back(bought, amount_minor=500)
    assert names({"field": "spend", "is": "at_least", "value": 12_500}) == ["Jonas"]
    assert names({"field": "spend", "is": "at_least", "value": 12_501}) == []
    assert names({"field": "spend", "is": "is", "value": 2_500, "within_days": 7}) == ["Jonas"]
    assert names({"field": "spend", "is": "at_most", "value": 2_499, "within_days": 7}) == ["Ines"]
    assert names({"field": "spend", "is": "at_least", "value": 0}) == ["Ines", "Jonas"]


MORNINGS = {"field": "visit_time", "is": "at_least", "value": 50, "weekdays": [1, 2, 3, 4, 5], "from": "07:00",
            "to": "09:00"}  # fmt: skip


def test_half_of_the_visits_on_weekday_mornings_in_local_time(cafe, names):
    half, less = makers.member(cafe, "Hälfte"), makers.member(cafe, "Weniger")
    makers.member(cafe, "Nie")
    visit(cafe, half, utc(2026, 3, 9, 6, 0))  # Monday, 7:00 in Berlin.
    visit(cafe, half, utc(2026, 3, 7, 6, 0))  # Saturday.
    visit(cafe, less, utc(2026, 3, 10, 7, 59))  # Tuesday, 8:59.
    visit(cafe, less, utc(2026, 3, 10, 8, 0))  # 9:00 is outside.
    visit(cafe, less, utc(2026, 3, 10, 5, 59))  # 6:59 is outside.
    assert names(MORNINGS) == ["Hälfte"]
    assert names(MORNINGS | {"value": 33}) == ["Hälfte", "Weniger"]
    assert names(MORNINGS | {"is": "at_most", "value": 49}) == ["Weniger"]


def test_hours_are_local_in_summer_as_in_winter(cafe, names):
    makers.turn_to(cafe, utc(2026, 4, 1, 12))
    winter, summer = makers.member(cafe, "Winter"), makers.member(cafe, "Sommer")
    visit(cafe, winter, utc(2026, 3, 27, 7, 30))  # Friday, 8:30 with one hour's offset.
    visit(cafe, summer, utc(2026, 3, 30, 6, 30))  # Monday, 8:30 with two.
    visit(cafe, makers.member(cafe, "Spät"), utc(2026, 3, 30, 7, 30))  # 9:30 with two.
    assert names(MORNINGS | {"value": 100}) == ["Sommer", "Winter"]


def test_hours_may_go_over_midnight_and_days_may_be_all(cafe, names):
    visit(cafe, makers.member(cafe, "Nacht"), utc(2026, 3, 7, 0, 30))  # 1:30.
    visit(cafe, makers.member(cafe, "Abend"), utc(2026, 3, 7, 21, 0))  # 22:00.
    visit(cafe, makers.member(cafe, "Zwei"), utc(2026, 3, 7, 1, 0))  # 2:00 is outside.
    late = {"field": "visit_time", "is": "at_least", "value": 1, "from": "22:00", "to": "02:00"}
    assert names(late) == ["Abend", "Nacht"]


def test_visits_longer_ago_than_the_window_have_no_share(cafe, names):
    jonas = makers.member(cafe, "Jonas")
    visit(cafe, jonas, utc(2025, 12, 8, 6, 30))
    assert names(MORNINGS) == []
    assert names(MORNINGS | {"within_days": 365}) == ["Jonas"]


def test_products_categories_and_brands_that_were_kept(cafe, names):
    coffee = Item(350, sku="espresso", category="Kaffee", brand="Hausmarke")
    cake = Item(400, sku="kuchen", category="Gebäck", brand="Feldmann", quantity=2)
    jonas, ines = makers.member(cafe, "Jonas"), makers.member(cafe, "Ines")
    bought = visit(cafe, jonas, utc(2026, 3, 5, 8), 750, items=(coffee, cake))
    visit(cafe, ines, utc(2026, 1, 5, 8), 350, items=(coffee,))
    visit(cafe, ines, utc(2026, 3, 5, 8), 400, items=(cake,))
    assert names({"field": "products", "is": "contains", "value": "espresso"}) == ["Ines", "Jonas"]
    recent = {"field": "categories", "is": "contains", "value": "Kaffee", "within_days": 30}
    assert names(recent) == ["Jonas"]
    assert names({"none": [recent]}) == ["Ines"]
    assert names({"field": "brands", "is": "in", "value": ["Feldmann", "Nirgends"]}) == ["Ines", "Jonas"]
    assert names({"field": "brands", "is": "in", "value": ['x" || true || "', "Nirgends"]}) == []
    with tenancy.scope(cafe):
        checkout.give_back(bought, items=[Returned("kuchen", 1)])
    assert names({"field": "products", "is": "contains", "value": "kuchen"}) == ["Ines", "Jonas"]
    with tenancy.scope(cafe):
        checkout.give_back(bought, items=[Returned("kuchen", 1)])
    assert names({"field": "products", "is": "contains", "value": "kuchen"}) == ["Ines"]


def test_balance_is_less_debt_and_nothing_for_who_has_no_account(cafe, names):
    program = makers.points_program(cafe)
    jonas = makers.member(cafe, "Jonas")
    makers.member(cafe, "Ines")
    visit(cafe, jonas, makers.NOON, 5_000)
    balance = {"field": "balance", "program": program.public_id}
    assert names(balance | {"is": "at_least", "value": 50}) == ["Jonas"]
    assert names(balance | {"is": "at_least", "value": 51}) == []
    assert names(balance | {"is": "is", "value": 0}) == ["Ines"]
    assert names(balance | {"is": "at_most", "value": 49}) == ["Ines"]


def test_tier_by_name_anywhere_or_in_a_program(cafe, names):
    here, there = makers.points_program(cafe), makers.points_program(cafe)
    for name, program, level in (("Anna", here, "Gold"), ("Bert", there, "Gold"), ("Cleo", here, "Silber")):
        visit(cafe, makers.member(cafe, name), makers.NOON)
        with tenancy.scope(cafe):
            Account.objects.filter(member__name=name, program=program).update(level=level)
    makers.member(cafe, "Dora")
    assert names({"field": "tier", "is": "is", "value": "Gold"}) == ["Anna", "Bert"]
    assert names({"field": "tier", "is": "is", "value": "Gold", "program": here.public_id}) == ["Anna"]
    assert names({"field": "tier", "is": "in", "value": ["Gold", "Silber"]}) == ["Anna", "Bert", "Cleo"]
    assert names({"field": "tier", "is": "is_not", "value": "Gold"}) == ["Cleo", "Dora"]


@pytest.mark.parametrize(
    ("days", "found"),
    [(0, ["Heute"]), (1, ["Heute", "Morgen"]), (366, ["Heute", "Morgen", "Vorgestern"])],
)
def test_birthday_within_days(cafe, names, days, found):
    makers.member(cafe, "Heute", birthday=date(1990, 3, 12))
    makers.member(cafe, "Morgen", birthday=date(2001, 3, 13))
    makers.member(cafe, "Vorgestern", birthday=date(1975, 3, 10))
    makers.member(cafe, "Verschwiegen")
    assert names({"field": "birthday", "is": "within_days", "value": days}) == found


def test_29_february_is_28_february_in_other_years(cafe, names):
    makers.member(cafe, "Schaltjahr", birthday=date(1996, 2, 29))
    today = {"field": "birthday", "is": "within_days", "value": 0}
    makers.turn_to(cafe, utc(2027, 2, 28, 12))
    assert names(today) == ["Schaltjahr"]
    makers.turn_to(cafe, utc(2028, 2, 28, 12))
    assert names(today) == []
    makers.turn_to(cafe, utc(2028, 2, 29, 12))
    assert names(today) == ["Schaltjahr"]


def test_birthday_in_a_month_and_none_of_it_for_who_has_told_none(cafe, names):
    makers.member(cafe, "März", birthday=date(1990, 3, 31))
    makers.member(cafe, "April", birthday=date(1990, 4, 1))
    makers.member(cafe, "Verschwiegen")
    march = {"field": "birthday", "is": "month", "value": 3}
    assert names(march) == ["März"]
    assert names({"none": [march]}) == ["April", "Verschwiegen"]
    assert names({"none": [{"field": "birthday", "is": "within_days", "value": 19}]}) == [
        "April",
        "Verschwiegen",
    ]


def test_language_email_and_phone(cafe, names):
    makers.member(cafe, "Anna", language="en", email="anna@example.org")
    makers.member(cafe, "Bert", language="de", phone="0151 23456789")
    assert names({"field": "language", "is": "is", "value": "en"}) == ["Anna"]
    assert names({"field": "language", "is": "is_not", "value": "en"}) == ["Bert"]
    assert names({"field": "language", "is": "in", "value": ["de", "en"]}) == ["Anna", "Bert"]
    assert names({"field": "has_email", "is": "is", "value": True}) == ["Anna"]
    assert names({"field": "has_email", "value": False}) == ["Bert"]
    assert names({"field": "has_phone", "is": "is", "value": True}) == ["Bert"]


def test_consent_is_given_once_confirmed_and_until_taken_back(cafe, names):
    by_mail = Consent.Purpose.EMAIL_MARKETING
    given = {"purpose": by_mail, "given": True, "confirmed": True}
    makers.member(cafe, "Ja", consents=[given])
    makers.member(cafe, "Wartet", consents=[given | {"confirmed": False}])
    makers.member(cafe, "Nichts")
    back = makers.member(cafe, "Zurück", consents=[given])
    with tenancy.scope(cafe):
        consents.withdraw(back, by_mail, evidence={})
    asked = {"field": "consent", "value": "email_marketing"}
    assert names(asked | {"is": "given"}) == ["Ja"]
    assert names(asked | {"is": "not_given"}) == ["Nichts", "Wartet", "Zurück"]
    assert names({"field": "consent", "is": "given", "value": "profiling"}) == []


def test_location_of_visits_and_of_joining(cafe, names):
    with tenancy.scope(cafe):
        first = Location.objects.get()
        second = Location.objects.create(name="Am Markt")
    jonas = makers.member(cafe, "Jonas", location=first)
    visit(cafe, jonas, utc(2026, 3, 1, 8), location=second)
    ines = makers.member(cafe, "Ines")
    visit(cafe, ines, utc(2026, 3, 1, 8))
    there = {"field": "location", "is": "is", "value": second.public_id}
    assert names(there) == ["Jonas"]
    assert names(there | {"within_days": 10}) == []
    assert names(there | {"value": first.public_id}) == []
    both = [first.public_id, second.public_id]
    assert names({"field": "joined_location", "is": "in", "value": both}) == ["Jonas"]


def test_all_any_and_none(cafe, names):
    makers.member(cafe, "Anna", language="en", email="anna@example.org")
    makers.member(cafe, "Bert", language="de", email="bert@example.org")
    makers.member(cafe, "Cleo", language="de")
    english = {"field": "language", "is": "is", "value": "en"}
    reachable = {"field": "has_email", "value": True}
    assert names({"all": [english, reachable]}) == ["Anna"]
    assert names({"any": [english, reachable]}) == ["Anna", "Bert"]
    assert names({"none": [english, reachable]}) == ["Cleo"]
    assert names({"all": [reachable, {"none": [english]}]}) == ["Bert"]


def test_who_was_erased_or_merged_is_in_no_segment(cafe, names):
    anna, bert = makers.member(cafe, "Anna"), makers.member(cafe, "Bert")
    makers.member(cafe, "Cleo")
    with tenancy.scope(cafe):
        privacy.erase(anna)
        Member.objects.filter(id=bert.id).update(status="merged", merged_into=anna)
    assert names({"field": "visits", "is": "at_most", "value": 0}) == ["Cleo"]


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "balance", "is": "at_least", "value": 1, "program": ids.public("prg", ids.new())},
        {"field": "tier", "is": "is", "value": "Gold", "program": "prg_x"},
        {"field": "location", "is": "is", "value": ids.public("loc", ids.new())},
        {"field": "joined_location", "is": "is", "value": "loc_x"},
    ],
)
def test_a_rule_that_names_what_is_not_there_is_refused_and_nothing_is_written(cafe, condition):
    with tenancy.scope(cafe):
        with pytest.raises(NotFound):
            defining.create(name="x", rule=read(condition))
        assert Segment.objects.count() == 0


def test_a_rule_is_read_back_from_the_database_as_it_was_made(cafe):
    rule = {"any": [{"field": "joined", "is": "before", "value": "2026-03-11"}]}
    with tenancy.scope(cafe):
        made = defining.create(name="x", rule=read(rule))
        stored = Segment.objects.get(id=made.id)
        assert stored.rule == rule
        assert tree.read(stored.rule) == read(rule)
