"""The list of guests: order, search, pages, and what stands in a row."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from loyalty import clock
from loyalty.dashboard import guest_list
from tests import makers


def page(shop, **asked):
    usual = {"group": "", "search": "", "sort": "seen"}
    with shop.scope():
        return guest_list.page(clock.now(), **(usual | asked))


def names(found):
    return [row.member.name for row in found.rows]


@pytest.fixture
def regulars(shop):
    """Anna was here last, Bert before her, Carl never; Bert has the most stamps, Carl joined last."""
    makers.punch_card(shop.at(2026, 1, 1, 9).merchant)
    guests = {}
    for day, name in enumerate(("Bert Öz", "Anna", "Carl")):
        guests[name] = shop.at(2026, 1, 2 + day, 9).guest(name, email=f"{name[:4].lower()}@example.org")
    for day in (5, 6, 7):
        shop.at(2026, 3, day, 9).buys(guests["Bert Öz"], 300)
    shop.at(2026, 3, 8, 9).buys(guests["Anna"], 1050)
    shop.at(2026, 3, 12, 12)
    return guests


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("seen", ["Anna", "Bert Öz", "Carl"]),
        ("balance", ["Bert Öz", "Anna", "Carl"]),
        ("joined", ["Carl", "Anna", "Bert Öz"]),
        ("name", ["Anna", "Bert Öz", "Carl"]),
    ],
)
def test_the_list_is_sorted(shop, regulars, sort, order):
    assert names(page(shop, sort=sort)) == order


def test_a_row_shows_balance_weeks_visits_and_revenue(shop, regulars):
    row = next(row for row in page(shop).rows if row.member.name == "Bert Öz")
    assert (row.balance, row.member.visits, row.revenue_minor) == (3, 3, 900)
    # 12 March, 12:00: 6 and 7 March lie in the last seven days, and so does the 5th from noon on; it was at nine.
    assert row.weeks == [0] * 10 + [1, 2]


@pytest.mark.parametrize("search", ["öz", "Bert", "bert@", " BERT ÖZ "])
def test_search_finds_by_part_of_the_name_or_the_beginning_of_the_address(shop, regulars, search):
    assert names(page(shop, search=search)) == ["Bert Öz"]


def test_search_finds_by_number_and_phone(shop, regulars):
    dora = shop.guest("Dora", phone="0151 2345 6789")
    assert names(page(shop, search=dora.spoken_number)) == ["Dora"]
    for phone in ("0151 23456789", "+49 151 23456789", "456789"):
        assert names(page(shop, search=phone)) == ["Dora"]


def test_search_takes_signs_of_the_database_as_they_are(shop, regulars):
    assert names(page(shop, search="%")) == []
    assert names(page(shop, search="_")) == []


@pytest.mark.parametrize("sort", guest_list.SORTS)
def test_pages_follow_each_other_forwards_and_back(shop, regulars, sort, monkeypatch):
    monkeypatch.setattr(guest_list, "PAGE", 2)
    whole = [
        *names(first := page(shop, sort=sort)),
        *names(second := page(shop, sort=sort, after=first.after)),
    ]
    assert sorted(whole) == ["Anna", "Bert Öz", "Carl"]
    assert (first.before, second.after) == ("", "")
    back = page(shop, sort=sort, before=second.before)
    assert (names(back), back.after) == (names(first), first.after)


def test_equal_keys_lose_nobody_between_pages(shop, monkeypatch):
    monkeypatch.setattr(guest_list, "PAGE", 2)
    for number in range(5):
        shop.guest(f"Guest {number}")  # Never here: all with the same key.
    found, after = [], ""
    while True:
        now = page(shop, after=after)
        found += names(now)
        if not now.after:
            break
        after = now.after
    assert sorted(found) == [f"Guest {number}" for number in range(5)]


@pytest.mark.parametrize("cursor", ["", "damaged", "W10", "eyJhIjoxfQ"])
def test_a_damaged_cursor_is_the_first_page(shop, regulars, cursor):
    assert names(page(shop, after=cursor)) == ["Anna", "Bert Öz", "Carl"]


def test_a_cursor_of_another_order_is_the_first_page(shop, regulars, monkeypatch):
    monkeypatch.setattr(guest_list, "PAGE", 2)
    other = page(shop, sort="name").after
    assert names(page(shop, sort="seen", after=other)) == ["Anna", "Bert Öz"]


def test_what_asks_for_attention_most_is_the_state(shop):
    makers.punch_card(shop.at(2026, 3, 1, 9).merchant, stamps_required=2)
    anna, bert = shop.guest("Anna"), shop.guest("Bert")
    for day in (2, 3):
        shop.at(2026, 3, day, 9).buys(anna)
    shop.at(2026, 3, 4, 9).buys(bert)
    states = {row.member.name: row.state for row in page(shop).rows}
    assert states == {"Anna": "ready", "Bert": "new"}


def test_a_page_costs_the_same_number_of_statements_for_many_guests(shop, regulars):
    def statements():
        with CaptureQueriesContext(connection) as queries:
            page(shop)
        return len(queries)

    few = statements()
    for number in range(20):
        shop.guest(f"Guest {number}")
    assert statements() == few


def test_the_page_offers_search_groups_and_exports(shop, owner, regulars):
    text = owner.get(reverse("dashboard:guests")).content.decode()
    assert "Bert Öz" in text
    assert reverse("dashboard:export_guests", args=["csv"]) in text
    assert "3 guests, sorted by the last visit" in text


def test_an_empty_list_says_how_it_fills(owner):
    text = owner.get(reverse("dashboard:guests")).content.decode()
    assert "As soon as somebody scans the code, they stand here." in text


def test_htmx_gets_the_rows_alone(owner, regulars):
    text = owner.get(
        reverse("dashboard:guests"), {"q": "anna"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in text
    assert "Anna" in text
    assert "Bert" not in text


def test_the_csv_has_a_line_per_guest_and_a_column_per_program(shop, owner, regulars):
    answer = owner.get(reverse("dashboard:export_guests", args=["csv"]))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0].split(";")[:3] == ["number", "name", "email"]
    assert lines[0].endswith("Kaffeekarte")
    assert {line.split(";")[1]: line.split(";")[-1] for line in lines[1:]} == {
        "Bert Öz": "3",
        "Anna": "1",
        "Carl": "0",
    }


def test_a_name_that_looks_like_a_formula_is_harmless_in_the_csv(shop, owner):
    shop.guest("=1+1", phone="+49 151 23456789")
    answer = owner.get(reverse("dashboard:export_guests", args=["csv"]))
    row = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1].split(";")
    assert (row[1], row[3]) == ("'=1+1", "+4915123456789")


def test_the_json_holds_the_accounts(owner, regulars):
    answer = owner.get(reverse("dashboard:export_guests", args=["json"]))
    rows = json.loads(b"".join(answer.streaming_content))
    assert {row["name"]: row["accounts"][0]["balance"] for row in rows} == {
        "Bert Öz": 3,
        "Anna": 1,
        "Carl": 0,
    }


def test_another_kind_of_export_is_not_there(owner):
    assert owner.get(reverse("dashboard:export_guests", args=["exe"])).status_code == 404
