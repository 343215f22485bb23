"""A till's file becomes purchases, once each, of the right members, and what is not taken is told line by line."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty import tenancy
from loyalty.merchants.models import Location
from members.models import Member
from programs import importing
from programs.models import Credit, Purchase
from programs.till_receipts import Receipt
from tests import makers

pytestmark = pytest.mark.django_db

SALES = (
    "Bon;Datum;Kunde;Betrag\n"
    "1;10.03.2026 08:00;K-1;18,40\n"
    "2;10.03.2026 08:05;;5,00\n"
    "3;11.03.2026 08:00;K-1;1,60\n"
    "4;11.03.2026 08:10;K-2;0,00\n"
)
OPENING = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def cafe():
    merchant = makers.merchant(at=OPENING)
    makers.points_program(merchant)
    makers.turn_to(merchant, makers.NOON)
    return merchant


@pytest.fixture
def till(tmp_path, cafe, capsys):
    """Import a file's text for the café; returns what the command said, and where it would list problems."""

    def bring_in(text, *arguments, name="till.csv"):
        path = tmp_path / name
        path.write_text(text)
        call_command("import_purchases", str(path), "--merchant", cafe.public_id, *arguments)
        return capsys.readouterr()

    bring_in.problems = tmp_path / "till.csv.problems.csv"
    return bring_in


def join(cafe, **person):
    return makers.member(cafe, **person)


def recorded(cafe):
    with tenancy.scope(cafe):
        rows = Purchase.objects.order_by("occurred_at", "external_id")
        return [(row.external_id, row.member_id, row.amount_minor, row.net_minor) for row in rows]


def points(cafe):
    """Points given, by purchase."""
    with tenancy.scope(cafe):
        return dict(Credit.objects.order_by("occurred_at").values_list("purchase__external_id", "amount"))


def test_receipts_become_purchases_of_members_who_are_known(cafe, till):
    first, second = join(cafe, external_id="K-1"), join(cafe, external_id="K-2")
    said = till(SALES)
    assert recorded(cafe) == [
        ("1", first.id, 1840, 1840), ("2", None, 500, 500), ("3", first.id, 160, 160), ("4", second.id, 0, 0),
    ]  # fmt: skip
    assert points(cafe) == {"1": 18, "3": 1, "4": 0}
    with tenancy.scope(cafe):
        assert list(Member.objects.order_by("external_id").values_list("visits", flat=True)) == [2, 1]
    assert (
        "4 receipts: 4 recorded, of these 1 without a member; 0 were there already; 0 members joined; 0 problems."
        in said.out
    )
    assert "Brotpunkte: 19 given" in said.out
    assert not till.problems.exists()


def test_imported_again_nothing_is_recorded_twice(cafe, till):
    join(cafe, external_id="K-1")
    join(cafe, external_id="K-2")
    till(SALES)
    before = recorded(cafe)
    said = till(SALES + "5;12.03.2026 08:00;K-2;7,00\n")
    assert "5 receipts: 1 recorded, of these 0 without a member; 4 were there already" in said.out
    assert recorded(cafe)[:4] == before
    assert points(cafe)["5"] == 7


def test_an_import_that_was_broken_off_is_finished_by_the_same_command(cafe, till):
    join(cafe, external_id="K-1")
    join(cafe, external_id="K-2")
    till("".join(SALES.splitlines(keepends=True)[:3]))
    assert len(recorded(cafe)) == 2
    said = till(SALES, "--chunk", "1")
    assert "4 receipts: 2 recorded" in said.out
    assert [row[0] for row in recorded(cafe)] == ["1", "2", "3", "4"]
    assert points(cafe) == {"1": 18, "3": 1, "4": 0}


def test_who_is_not_known_is_a_problem_of_each_receipt(cafe, till):
    join(cafe, external_id="K-2")
    said = till(SALES)
    assert [row[0] for row in recorded(cafe)] == ["2", "4"]
    sentence = "No member is known by “K-1”. Import with --create-members, or let them join first."
    assert f"line 2: {sentence}\nline 4: {sentence}\nAll 2 problems are in {till.problems}." in said.err
    with till.problems.open(encoding="utf-8-sig") as file:
        assert list(csv.reader(file, delimiter=";")) == [
            ["line", "receipt", "problem"], ["2", "1", sentence], ["4", "3", sentence],
        ]  # fmt: skip


def test_who_is_not_known_joins_if_that_is_wanted(cafe, till):
    said = till(SALES, "--create-members")
    with tenancy.scope(cafe):
        first, second = Member.objects.order_by("external_id")
        assert (first.external_id, first.joined_at.isoformat()) == ("K-1", "2026-03-10T07:00:00+00:00")
        assert (second.external_id, second.visits) == ("K-2", 1)
    assert [row[1] for row in recorded(cafe)] == [first.id, None, first.id, second.id]
    assert "2 members joined" in said.out
    assert points(cafe) == {"1": 18, "3": 1, "4": 0}


def test_members_are_found_by_card_email_phone_and_id(cafe, till):
    card, mail = join(cafe), join(cafe, email="ben@gmx.de")
    phone, own = join(cafe, phone="0151 23456789"), join(cafe, external_id="A-1")
    wanted = [
        (card.spoken_number, card),
        ("BEN@gmx.de", mail),
        ("+49 151 23456789", phone),
        ("A-1", own),
        ("0151/23456789", phone),
    ]
    lines = [f"{n};1{n}.02.2026;{text};1,00" for n, (text, _member) in enumerate(wanted)]
    till("\n".join(["Bon;Datum;Kunde;Betrag", *lines]))
    assert [row[1] for row in recorded(cafe)] == [member.id for _text, member in wanted]


def test_an_old_loyalty_cards_number_becomes_the_external_id(cafe, till):
    text = "Bon;Datum;Kartennummer;Email;Betrag\n1;10.03.2026;0815;ben@gmx.de;1,00\n2;11.03.2026;0815;;1,00\n"
    till(text, "--create-members", "--chunk", "1")
    with tenancy.scope(cafe):
        assert list(Member.objects.values_list("external_id", "email", "visits")) == [
            ("0815", "ben@gmx.de", 2)
        ]


def test_a_customer_who_cannot_join_is_a_problem_and_the_others_go_on(cafe, till):
    text = "Bon;Datum;E-Mail;Betrag\n1;10.03.2026;ben@;1,00\n2;10.03.2026;ben@;2,00\n3;10.03.2026;ben@gmx.de;3,00\n"
    said = till(text, "--create-members")
    assert [row[0] for row in recorded(cafe)] == ["3"]
    assert said.err.count("This is not a complete e-mail address.") == 2


def test_a_dry_run_tells_everything_and_stores_nothing(cafe, till):
    said = till(SALES + "5;heute;K-1;1,00\n", "--dry-run", "--create-members")
    assert (
        "5 receipts: 4 would be recorded, of these 1 without a member; 0 were there already; 2 members would join"
        in said.out
    )
    assert "line 6: “heute” is no date." in said.err
    assert recorded(cafe) == []
    with tenancy.scope(cafe):
        assert Member.objects.count() == 0


def test_a_receipts_number_that_returns_with_another_amount_is_a_problem(cafe, till):
    text = "Bon;Datum;Betrag\n1;10.03.2026;1,00\n2;10.03.2026;2,00\n1;11.03.2026;3,00\n"
    said = till(text)
    assert [row[0] for row in recorded(cafe)] == ["1", "2"]
    assert "line 4: This receipt is already there with another amount or day." in said.err


def test_a_receipt_that_the_till_sent_itself_is_not_recorded_again(cafe, till):
    sent_at = datetime(2026, 3, 10, 7, 0, 33, tzinfo=UTC)
    makers.purchase(cafe, join(cafe, external_id="K-1"), 1840, external_id="1", occurred_at=sent_at)
    said = till("Bon;Datum;Kunde;Betrag\n1;10.03.2026;K-1;18,40\n")
    assert "1 receipts: 0 recorded, of these 0 without a member; 1 were there already" in said.out
    assert points(cafe) == {"1": 18}


def test_a_till_that_counts_from_one_every_day_has_a_receipt_for_each_day(cafe, till):
    till("Bon;Datum;Betrag\n1;10.03.2026;1,00\n1;11.03.2026;3,00\n", "--receipts-per-day")
    assert [(row[0], row[2]) for row in recorded(cafe)] == [("2026-03-10/1", 100), ("2026-03-11/1", 300)]


def test_items_discounts_and_the_location_come_along(cafe, till):
    with tenancy.scope(cafe):
        location = Location.objects.get()
    text = "Bon;Datum;Artikel;Menge;Betrag\n1;10.03.2026;Torte;2;20,00\n1;10.03.2026;Rabatt;1;-2,00\n"
    till(text, "--location", location.public_id)
    with tenancy.scope(cafe):
        purchase = Purchase.objects.get()
    assert (purchase.amount_minor, purchase.discount_minor, purchase.net_minor) == (2000, 200, 1800)
    assert [(item["sku"], item["quantity"], item["discount_minor"]) for item in purchase.items] == [
        ("Torte", 2, 200)
    ]
    assert (purchase.location_id, purchase.actor) == (location.id, "import")


def test_a_column_of_locations_is_used_where_it_is_said_to_be_one(cafe, till):
    text = "Bon;Datum;Filiale;Betrag\n1;10.03.2026;Café Morgenrot;1,00\n2;10.03.2026;Nirgends;2,00\n3;10.03.2026;;3\n"
    said = till(text, "--map", "Filiale=location")
    assert [row[0] for row in recorded(cafe)] == ["1", "3"]
    assert "line 3: There is no location “Nirgends”." in said.err


def test_what_the_purchase_is_refused_for_is_a_problem(cafe, till):
    said = till("Bon;Datum;Betrag\n1;13.03.2026;1,00\n2;10.03.2026;1,00\n")
    assert [row[0] for row in recorded(cafe)] == ["2"]
    assert "line 2: This lies ahead of the clock." in said.err


def test_what_no_database_can_keep_is_left_out_or_told(cafe, till):
    said = till(
        f"Bon;Datum;Artikel;Betrag\n1;10.03.2026;Bre\x00zel;1,00\n{'9' * 256};10.03.2026;Brezel;1,00\n"
    )
    with tenancy.scope(cafe):
        assert [row.items[0]["name"] for row in Purchase.objects.all()] == ["Brezel"]
    assert "line 3: A receipt's number has at most 240 characters." in said.err


def test_a_file_that_breaks_off_in_a_quotation_is_told_with_its_line(cafe, till):
    whole = "Bon;Datum;Artikel;Betrag\n" + "".join(f"{n};10.03.2026;Brezel;1,00\n" for n in range(1200))
    broken = whole + '1200;10.03.2026;"' + "x" * 140_000
    with pytest.raises(CommandError, match=r"from line 1202 on\. .* 1,000 receipts before it were taken\."):
        till(broken, "--chunk", "500")
    assert len(recorded(cafe)) == 1000


def test_purchases_before_any_program_are_pointed_out(cafe, till):
    join(cafe, external_id="K-1")
    said = till("Bon;Datum;Kunde;Betrag\n1;10.03.2025;K-1;1,00\n")
    assert len(recorded(cafe)) == 1
    assert "1 of a member earned nothing: no program ran at their time." in said.out


def test_a_large_chunk_takes_as_few_statements_as_a_small_one(cafe, django_assert_num_queries):
    def receipts(start, end):
        who = (("member", "K-1"),)
        return [
            Receipt(n, f"R-{n}", makers.NOON - timedelta(hours=n), 100 * n, 0, who, [], "")
            for n in range(start, end)
        ]

    join(cafe, external_id="K-1")
    list(importing.run(cafe, receipts(1, 2)))
    with CaptureQueriesContext(connection) as seen:
        list(importing.run(cafe, receipts(2, 12)))
    with django_assert_num_queries(len(seen)):
        list(importing.run(cafe, receipts(12, 500)))
    assert len(recorded(cafe)) == 499


@pytest.mark.parametrize(
    ("text", "arguments", "sentence"),
    [
        ("Bon;Datum\n", (), "No column with the amount was found."),
        ("", (), "There is nothing in this file."),
        (SALES, ("--map", "Bon"), "Write --map COLUMN=FIELD, not Bon."),
        (SALES, ("--location", "loc_" + "0" * 32), "This was not found."),
        (SALES, ("--chunk", "0"), "A chunk has at least one receipt."),
    ],
)
def test_what_cannot_be_started_is_told_in_one_sentence(cafe, till, text, arguments, sentence):
    with pytest.raises(CommandError, match="^" + sentence.replace(".", r"\.")):
        till(text, *arguments)
    assert recorded(cafe) == []


def test_problems_that_cannot_be_listed_are_still_told(cafe, till, tmp_path, capsys):
    path = tmp_path / "till.csv"
    path.write_text("Bon;Datum;Betrag\n1;10.03.2026;viel\n")
    nowhere = str(tmp_path / "none" / "problems.csv")
    with pytest.raises(CommandError, match="The list of 1 problems could not be written"):
        call_command("import_purchases", str(path), "--merchant", cafe.public_id, "--problems", nowhere)
    assert "line 2: “viel” is no amount." in capsys.readouterr().err


def test_a_missing_file_and_a_missing_merchant_are_told(cafe, till, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_purchases", str(tmp_path / "none.csv"), "--merchant", cafe.public_id)
    with pytest.raises(CommandError, match="There is no merchant mer_"):
        call_command("import_purchases", "x.csv", "--merchant", "mer_" + "0" * 32)
    with pytest.raises(CommandError, match="not found"):
        call_command("import_purchases", "x.csv", "--merchant", "x")
