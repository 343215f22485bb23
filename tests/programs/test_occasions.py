"""Birthdays and anniversaries: on the day, once a year, in the merchant's timezone, without a purchase."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns import turning
from loyalty import clock, tenancy
from loyalty.events.models import Event
from loyalty.merchants.models import Merchant
from loyalty.tenancy import due
from members import editing
from programs import catalogue, occasions
from programs.bonuses import Bonus
from programs.models import Entry, Program
from tests import makers
from tests.campaigns import shop
from tests.programs import books

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
BIRTHDAY = {"name": "Zum Geburtstag", "when": {"event": "birthday"}, "gives": {"amount": 50}}
JOINED = {"name": "Ein Jahr dabei", "when": {"event": "anniversary"}, "gives": {"amount": 20}}


def at(text):
    """ "2026-03-15 00:00" in Berlin."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.fixture
def cafe():
    """A sandbox on 12 March 2026, 13:00 in Berlin."""
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def points(cafe):
    return makers.points_program(cafe)


def rule(merchant, program, **definition):
    with tenancy.scope(merchant):
        return catalogue.add_rule(program, definition=BIRTHDAY | definition)


def born(merchant, birthday, name="Jonas Weidner", **person):
    return makers.member(merchant, name, birthday=date.fromisoformat(birthday), **person)


def given(merchant, member=None):
    """[(amount, reason, the moment in Berlin)] of what was earned without a purchase, oldest first."""
    with tenancy.scope(merchant):
        rows = Entry.objects.filter(kind="earn", purchase=None).order_by("at", "id")
        rows = rows.filter(account__member=member) if member else rows
        zone = ZoneInfo(merchant.timezone)
        return [(row.amount, row.reason, f"{row.at.astimezone(zone):%Y-%m-%d %H:%M}") for row in rows]


def run(merchant, moment, **how):
    makers.turn_to(merchant, moment)
    with tenancy.scope(merchant):
        return occasions.run_due(**how)


# --- Birthdays ----------------------------------------------------------------------------------------------------


def test_a_birthday_is_credited_when_its_day_begins_without_a_purchase(cafe, points):
    rule(cafe, points)
    jonas = born(cafe, "1990-03-15")
    ran = turning.turn(merchant=cafe, to=at("2026-03-20 12:00"))
    assert given(cafe) == [(50, "Zum Geburtstag", "2026-03-15 00:00")]
    assert ran["occasions"] == 1
    assert makers.balance(cafe, jonas, points) == 50


def test_it_is_credited_every_year_once(cafe, points):
    rule(cafe, points)
    born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2028-03-15 00:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == [
        "2026-03-15 00:00", "2027-03-15 00:00", "2028-03-15 00:00",
    ]  # fmt: skip


def test_29_february_falls_on_the_28th_in_other_years(cafe, points):
    rule(cafe, points)
    born(cafe, "1996-02-29")
    turning.turn(merchant=cafe, to=at("2028-12-31 12:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == ["2027-02-28 00:00", "2028-02-29 00:00"]


def test_who_was_born_on_the_28th_has_it_on_the_28th_in_a_leap_year_too(cafe, points):
    rule(cafe, points)
    born(cafe, "1996-02-28")
    turning.turn(merchant=cafe, to=at("2028-12-31 12:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == ["2027-02-28 00:00", "2028-02-28 00:00"]


def test_the_day_is_the_merchants_own():
    auckland = makers.merchant(timezone="Pacific/Auckland")
    program = makers.points_program(auckland)
    rule(auckland, program)
    born(auckland, "1990-03-15")
    assert run(auckland, datetime(2026, 3, 14, 10, 59, tzinfo=UTC)) == Counter()
    assert run(auckland, datetime(2026, 3, 14, 11, 0, tzinfo=UTC)) == Counter(occasions=1)


def test_the_run_done_twice_gives_once(cafe, points):
    rule(cafe, points)
    born(cafe, "1990-03-15")
    moment = at("2026-03-15 00:00")
    assert run(cafe, moment) == Counter(occasions=1)
    with tenancy.scope(cafe):
        Program.objects.update(next_due_at=moment)
    assert run(cafe, moment) == Counter()
    assert len(given(cafe)) == 1


def test_expiry_and_pending_are_the_programs(cafe):
    program = makers.points_program(cafe, pending_days=14, expiry={"kind": "after", "months": 1})
    rule(cafe, program)
    jonas = born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2026-03-28 12:00"))
    assert books.entries(cafe, jonas, program) == [("earn", 0, 50)]
    turning.turn(merchant=cafe, to=at("2026-06-01 12:00"))
    assert books.entries(cafe, jonas, program) == [("earn", 0, 50), ("activate", 50, -50), ("expire", -50, 0)]


def test_stamps_for_a_birthday_fill_the_card(cafe):
    program = makers.punch_card(cafe, stamps_required=2)
    rule(cafe, program, gives={"amount": 2})
    jonas = born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2026-03-15 12:00"))
    assert books.entries(cafe, jonas, program) == [("earn", 2, 0), ("redeem", -2, 0)]


def test_it_is_told_as_an_event_with_what_it_was_for(cafe, points):
    made = rule(cafe, points)
    jonas = born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2026-03-15 00:00"))
    with tenancy.scope(cafe):
        event = Event.objects.get(kind="bonus.given")
    assert event.payload == {
        "member": jonas.public_id, "program": points.public_id, "amount": 50, "occasion": "birthday",
        "rules": [made.public_id], "unlocked": [],
    }  # fmt: skip


def test_who_has_left_or_takes_no_part_gets_nothing(cafe):
    chosen = makers.points_program(cafe)
    with tenancy.scope(cafe):
        catalogue.change(chosen, actor="", auto_enrol=False)
    rule(cafe, chosen)
    born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2026-03-16 12:00"))
    assert given(cafe) == []


def test_the_day_of_birth_is_no_birthday_yet(cafe, points):
    rule(cafe, points)
    born(cafe, "2026-03-12")
    turning.turn(merchant=cafe, to=at("2026-03-16 12:00"))
    assert given(cafe) == []


def test_two_rules_give_each_its_own(cafe, points):
    rule(cafe, points)
    rule(cafe, points, name="Noch einer", gives={"amount": 7})
    born(cafe, "1990-03-15")
    assert turning.turn(merchant=cafe, to=at("2026-03-18 12:00"))["occasions"] == 2
    assert sorted(given(cafe)) == [
        (7, "Noch einer", "2026-03-15 00:00"), (50, "Zum Geburtstag", "2026-03-15 00:00"),
    ]  # fmt: skip


# --- Late, and later than late ------------------------------------------------------------------------------------


def test_a_missed_day_is_made_up_for_until_the_third(cafe, points):
    rule(cafe, points)
    run(cafe, at("2026-03-12 14:00"))
    for day in ("14", "15", "16", "17"):
        born(cafe, f"1990-03-{day}", f"Gast {day}")
    assert run(cafe, at("2026-03-17 09:30")) == Counter(occasions=3)
    with tenancy.scope(cafe):
        named = Entry.objects.order_by("account__member__name").values_list(
            "account__member__name", flat=True
        )
        assert list(named) == ["Gast 15", "Gast 16", "Gast 17"]


def test_at_the_turn_of_the_year_a_missed_day_counts_for_its_own_year(cafe, points):
    rule(cafe, points)
    born(cafe, "1990-12-31")
    turning.turn(merchant=cafe, to=at("2026-12-30 12:00"))
    assert run(cafe, at("2027-01-01 10:00")) == Counter(occasions=1)
    with tenancy.scope(cafe):
        assert Bonus.objects.get().occasion == "birthday:2026"


def test_who_joins_after_their_birthday_waits_for_the_next_year(cafe, points):
    rule(cafe, points)
    born(cafe, "1990-03-11")
    turning.turn(merchant=cafe, to=at("2026-12-31 12:00"))
    assert given(cafe) == []


def test_who_joins_or_says_so_on_the_day_itself_gets_it_within_the_hour(cafe, points):
    rule(cafe, points)
    lea = makers.member(cafe, "Lea")
    assert run(cafe, at("2026-03-15 10:00")) == Counter()
    jonas = born(cafe, "1990-03-15")
    with tenancy.scope(cafe):
        editing.change(lea, birthday=date(1991, 3, 15))
    assert run(cafe, at("2026-03-15 10:59")) == Counter()
    assert run(cafe, at("2026-03-15 11:00")) == Counter(occasions=2)
    assert given(cafe, jonas) == given(cafe, lea) == [(50, "Zum Geburtstag", "2026-03-15 11:00")]


def test_in_the_last_hour_of_the_day_it_is_given_when_the_day_has_ended(cafe, points):
    rule(cafe, points)
    assert run(cafe, at("2026-03-15 23:20")) == Counter()
    born(cafe, "1990-03-15")
    assert run(cafe, at("2026-03-16 00:00")) == Counter(occasions=1)


def test_a_rule_of_today_gives_today_and_not_for_yesterday(cafe, points):
    born(cafe, "1990-03-11", "Gestern")
    heute = born(cafe, "1990-03-12", "Heute")
    with tenancy.scope(cafe):
        heute.joined_at -= 5 * DAY
        heute.save()
        type(heute).objects.update(joined_at=makers.NOON - 5 * DAY)
    rule(cafe, points)
    assert run(cafe, makers.NOON + timedelta(minutes=1)) == Counter(occasions=1)
    turning.turn(merchant=cafe, to=at("2026-03-14 12:00"))
    assert given(cafe) == given(cafe, heute) == [(50, "Zum Geburtstag", "2026-03-12 13:01")]


def test_a_rule_that_was_taken_out_gives_nothing_more(cafe, points):
    made = rule(cafe, points)
    born(cafe, "1990-03-15")
    with tenancy.scope(cafe):
        catalogue.change_rule(made, active=False)
    turning.turn(merchant=cafe, to=at("2026-03-16 12:00"))
    assert given(cafe) == []
    with tenancy.scope(cafe):
        assert Program.objects.get().next_due_at is None


def test_a_program_gives_while_it_runs(cafe, points):
    rule(cafe, points)
    born(cafe, "1990-03-15", "Vorher")
    born(cafe, "1990-03-18", "Dazwischen")
    born(cafe, "1990-03-22", "Nachher")
    with tenancy.scope(cafe):
        catalogue.change(points, actor="", starts_at=at("2026-03-17 00:00"), ends_at=at("2026-03-20 00:00"))
    turning.turn(merchant=cafe, to=at("2026-03-25 12:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == ["2026-03-18 00:00"]
    with tenancy.scope(cafe):
        assert Program.objects.get().next_due_at is None


# --- Conditions and limits ----------------------------------------------------------------------------------------


def test_a_rule_for_weekdays_gives_on_these_days_only(cafe, points):
    # 15 March 2026 is a Sunday, 16 March a Monday.
    rule(cafe, points, **{"if": {"weekdays": [1, 2, 3, 4, 5]}})
    born(cafe, "1990-03-15", "Sonntag")
    montag = born(cafe, "1990-03-16", "Montag")
    turning.turn(merchant=cafe, to=at("2026-03-18 12:00"))
    assert given(cafe) == given(cafe, montag) == [(50, "Zum Geburtstag", "2026-03-16 00:00")]


def test_hours_do_not_matter_to_what_is_given_for_a_whole_day(cafe, points):
    rule(cafe, points, **{"if": {"from": "07:00", "to": "09:00"}})
    born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2026-03-15 12:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == ["2026-03-15 00:00"]


def test_what_a_member_may_have_of_a_rule_trims_the_second_year(cafe, points):
    rule(cafe, points, limit={"per_member": 80})
    born(cafe, "1990-03-15")
    turning.turn(merchant=cafe, to=at("2028-03-20 12:00"))
    assert [amount for amount, _reason, _moment in given(cafe)] == [50, 30]
    with tenancy.scope(cafe):
        assert list(Bonus.objects.order_by("id").values_list("occasion", "amount")) == [
            ("birthday:2026", 50), ("birthday:2027", 30), ("birthday:2028", 0),
        ]  # fmt: skip


def test_the_budget_of_a_rule_is_shared_by_all_members(cafe, points):
    rule(cafe, points, limit={"total": 120})
    for name in ("Ines", "Mehmet", "Olga"):
        born(cafe, "1990-03-15", name)
    turning.turn(merchant=cafe, to=at("2026-03-15 12:00"))
    assert sorted(amount for amount, _reason, _moment in given(cafe)) == [20, 50, 50]


# --- Anniversaries ------------------------------------------------------------------------------------------------


def test_the_anniversary_of_joining_is_a_year_later_and_not_at_once(cafe, points):
    rule(cafe, points, **JOINED)
    makers.member(cafe, "Jonas")
    turning.turn(merchant=cafe, to=at("2028-03-12 12:00"))
    assert given(cafe) == [
        (20, "Ein Jahr dabei", "2027-03-12 00:00"), (20, "Ein Jahr dabei", "2028-03-12 00:00"),
    ]  # fmt: skip


def test_who_joined_on_29_february_is_celebrated_on_the_28th_in_other_years():
    cafe = makers.merchant(at=datetime(2024, 2, 29, 12, 0, tzinfo=UTC))
    rule(cafe, makers.points_program(cafe), **JOINED)
    makers.member(cafe, "Jonas")
    turning.turn(merchant=cafe, to=at("2028-03-12 12:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == [
        "2025-02-28 00:00", "2026-02-28 00:00", "2027-02-28 00:00", "2028-02-29 00:00",
    ]  # fmt: skip


def test_joining_just_before_midnight_in_berlin_counts_for_that_day():
    cafe = makers.merchant(at=at("2026-03-12 23:59"))
    rule(cafe, makers.points_program(cafe), **JOINED)
    makers.member(cafe, "Jonas")
    turning.turn(merchant=cafe, to=at("2027-03-20 12:00"))
    assert [moment for _amount, _reason, moment in given(cafe)] == ["2027-03-12 00:00"]


def test_the_anniversary_of_the_first_purchase_counts_from_it_and_from_no_later_one(cafe, points):
    rule(cafe, points, name="Weißt du noch", when={"event": "anniversary", "of": "first_purchase"})
    jonas = makers.member(cafe, "Jonas")
    makers.member(cafe, "Hat nie gekauft")
    for moment in ("2026-04-02 09:00", "2026-04-05 09:00", "2027-04-02 09:00"):
        turning.turn(merchant=cafe, to=at(moment))
        makers.purchase(cafe, jonas, 100)
    turning.turn(merchant=cafe, to=at("2028-04-10 12:00"))
    assert [(amount, moment) for amount, _reason, moment in given(cafe)] == [
        (50, "2027-04-02 00:00"), (50, "2028-04-02 00:00"),
    ]  # fmt: skip


# --- Who has work, chunks, others at it ---------------------------------------------------------------------------


def test_a_chunk_leaves_the_rest_due(cafe, points):
    rule(cafe, points)
    for number in range(5):
        born(cafe, "1990-03-15", f"Gast {number}")
    moment = at("2026-03-15 00:00")
    assert [run(cafe, moment, limit=2)["occasions"] for _ in range(4)] == [2, 2, 1, 0]


def test_no_moment_is_due_on_the_way_but_days_on_which_there_is_somebody(cafe, points):
    rule(cafe, points)
    run(cafe, makers.NOON)
    with tenancy.scope(cafe):
        assert occasions.next_due_at() is None
    born(cafe, "1990-09-01")
    with tenancy.scope(cafe):
        assert occasions.next_due_at() == at("2026-09-01 00:00")


def test_merchants_with_a_day_that_has_begun_are_found_by_beat():
    with clock.at(makers.NOON):
        bakery = shop.live()
        program = makers.points_program(bakery)
        rule(bakery, program)
        jonas = shop.guest(bakery, birthday=date(1990, 3, 13))
        with tenancy.scope(bakery):
            occasions.run_due()
        assert due.with_occasions() == []
    with clock.at(at("2026-03-13 00:00")):
        assert due.with_occasions() == [bakery.id]
        with tenancy.scope(bakery):
            assert occasions.run_due() == Counter(occasions=1)
        assert due.with_occasions() == []
        assert makers.balance(bakery, jonas, program) == 50


def test_a_sandbox_is_left_to_its_clock(cafe, points):
    rule(cafe, points)
    assert due.with_occasions() == []
    assert Merchant.objects.get(id=cafe.id).is_sandbox


def test_many_are_given_in_as_many_statements_as_one(cafe, points, django_assert_max_num_queries):
    rule(cafe, points)
    for number in range(30):
        born(cafe, "1990-03-15", f"Gast {number}")
    makers.turn_to(cafe, at("2026-03-15 00:00"))
    with django_assert_max_num_queries(45), tenancy.scope(cafe):
        assert occasions.run_due() == Counter(occasions=30)
