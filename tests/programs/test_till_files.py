"""Files of several tills, and the receipts that stand in them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from programs import till_columns, till_files
from programs.till_receipts import Problem, Reader, Receipt

BERLIN = ZoneInfo("Europe/Berlin")
GERMAN = (
    "Bon-Nr.;Datum;Uhrzeit;Kundenkarte;Betrag (EUR)\n"
    "4711;12.03.2026;14:05;4821 7390;18,40\n"
    "4712;12.03.2026;14:06;;1.234,00\n"
)


@pytest.fixture
def written(tmp_path):
    """Write a file and look at it: content (text or bytes), and what is said about its columns."""

    def write(content, encoding="utf-8", chosen=None):
        path = tmp_path / "till.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return till_files.look(path, chosen)

    return write


def read(file, **options):
    reader = Reader(columns=file.columns, mark=file.mark, timezone="Europe/Berlin", exponent=2, **options)
    return list(reader.read(file.lines()))


def at(hour, minute, day=12):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


def item(amount_minor, **fields):
    empty = {"sku": "", "name": "", "category": "", "brand": "", "quantity": 1}
    return empty | fields | {"amount_minor": amount_minor}


def test_a_german_till(written):
    file = written(GERMAN)
    assert (file.encoding, file.delimiter, file.mark) == ("utf-8-sig", ";", ",")
    assert file.columns == {"receipt": 0, "date": 1, "time": 2, "card": 3, "amount": 4}
    assert read(file) == [
        Receipt(2, "4711", at(14, 5), 1840, 0, (("card", "4821 7390"),), [], ""),
        Receipt(3, "4712", at(14, 6), 123400, 0, (), [], ""),
    ]
    assert file.position == file.size == len(GERMAN.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
def test_every_usual_encoding_is_understood(written, encoding):
    [receipt] = read(written("Beleg;Datum;Käufer;Kunde;Summe\n1;12.03.2026;x;Jürgen Groß;5,00\n", encoding))
    assert receipt.who == (("member", "Jürgen Groß"),)


def test_an_english_shop_with_commas_quotes_and_timestamps(written):
    file = written(
        'transaction_id,timestamp,customer_email,total\r\n'
        'A-1,2026-03-12T14:05:00Z,"aylin@gmail.com","1,234.50"\r\n'
        '\r\n'
        'A-2,2026-03-12 14:05,,5\r\n'
    )  # fmt: skip
    assert (file.delimiter, file.mark) == (",", ".")
    assert read(file) == [
        Receipt(2, "A-1", at(15, 5), 123450, 0, (("email", "aylin@gmail.com"),), [], ""),
        Receipt(4, "A-2", at(14, 5), 500, 0, (), [], ""),
    ]


def test_tabs_and_excels_hint(written):
    file = written("sep=\t\nreceipt\tdate\tamount\n1\t2026-03-12\t5.00\n")
    assert (file.delimiter, [receipt.external_id for receipt in read(file)]) == ("\t", ["1"])


def test_lines_of_items_become_one_receipt(written):
    file = written(
        "Bon;Datum;Kunde;Artikelnummer;Bezeichnung;Warengruppe;Marke;Menge;Betrag\n"
        "7;12.03.2026 08:00;K-1;B1;Brezel;Gebäck;Feldmann;2;1,80\n"
        "7;12.03.2026 08:00;;K1;Kaffee;Getränke;;1;2,90\n"
        "8;12.03.2026 08:01;;B1;Brezel;Gebäck;Feldmann;0,5;0,90\n"
    )
    first, second = read(file)
    assert (first.external_id, first.amount_minor, first.who) == ("7", 470, (("member", "K-1"),))
    assert first.items == [
        item(180, sku="B1", name="Brezel", category="Gebäck", brand="Feldmann", quantity=2),
        item(290, sku="K1", name="Kaffee", category="Getränke"),
    ]
    assert (second.line, second.amount_minor, second.items[0]["quantity"]) == (4, 90, 1)


def test_a_total_beside_the_items_says_what_was_taken_off(written):
    file = written(
        "receipt,date,sku,line total,total\n7,2026-03-12,A,10.00,13.50\n7,2026-03-12,B,5.00,13.50\n"
        "8,2026-03-12,A,10.00,12.00\n"
    )
    first, second = read(file)
    assert (first.amount_minor, first.discount_minor) == (1500, 150)
    assert (second.amount_minor, second.discount_minor, second.items) == (
        1200,
        0,
        [item(1000, sku="A", name="A")],
    )


def test_lines_below_zero_are_taken_off(written):
    [receipt] = read(
        written("Bon;Datum;Artikel;Betrag\n7;12.03.2026;Torte;20,00\n7;12.03.2026;Rabatt;-2,00\n")
    )
    assert (receipt.amount_minor, receipt.discount_minor) == (2000, 200)
    assert receipt.items == [item(2000, sku="Torte", name="Torte")]


def test_a_price_is_multiplied_by_its_quantity(written):
    text = "Bon;Datum;Artikel;Menge;Einzelpreis\n7;12.03.2026;Brezel;3;0,90\n7;12.03.2026;Käse;0,345;12,90\n"
    [receipt] = read(written(text))
    assert receipt.amount_minor == 715
    assert receipt.items == [
        item(270, sku="Brezel", name="Brezel", quantity=3),
        item(445, sku="Käse", name="Käse"),
    ]


def test_without_receipts_numbers_each_line_is_a_purchase_and_keeps_its_id(written):
    text = "Datum;Betrag\n12.03.2026 08:00;2,90\n12.03.2026 08:00;2,90\n12.03.2026 08:01;2,90\n"
    first, again = read(written(text)), read(written(text))
    ids = [receipt.external_id for receipt in first]
    assert ids == [receipt.external_id for receipt in again]
    assert len(set(ids)) == 3
    assert [one.rpartition(":")[2] for one in ids] == ["1", "2", "1"]
    # New lines below, or above, do not change the ids of the old ones.
    longer = read(written(text.replace("Betrag\n", "Betrag\n11.03.2026 08:00;2,90\n")))
    assert [receipt.external_id for receipt in longer][1:] == ids


def test_a_till_that_counts_from_one_every_day(written):
    text = "Bon;Datum;Betrag\n1;12.03.2026;2,90\n1;13.03.2026;3,10\n"
    assert [one.external_id for one in read(written(text), per_day=True)] == ["2026-03-12/1", "2026-03-13/1"]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("1;12.03.2026;", "There is no amount."),
        ("1;12.03.2026;viel", "“viel” is no amount."),
        ("1;;2,90", "There is no date."),
        ("1;heute;2,90", "“heute” is no date. Write 2026-03-12 or 12.03.2026, and 14:05 for the time."),
        ("1;12.03.2026;-2,90", "This gives money back. Please refund the purchase it belongs to."),
        ("1", "There is no date."),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line_and_the_rest_goes_on(written, line, sentence):
    first, second = read(written(f"Bon;Datum;Betrag\n{line}\n2;12.03.2026;5,00\n"))
    assert first == Problem(2, "1", sentence)
    assert (second.line, second.external_id, second.amount_minor) == (3, "2", 500)


def test_a_quantity_that_is_none_is_told(written):
    priced = read(written("Bon;Datum;Artikel;Menge;Einzelpreis\n7;12.03.2026;Brezel;ein paar;0,90\n"))
    assert priced == [Problem(2, "7", "“ein paar × 0,90” is no amount.")]
    summed = read(written("Bon;Datum;Artikel;Menge;Betrag\n7;12.03.2026;Brezel;ein paar;0,90\n"))
    assert summed == [Problem(2, "7", "“ein paar” is no number.")]


def test_one_wrong_item_is_its_whole_receipts_problem(written):
    text = "Bon;Datum;Artikel;Betrag\n1;12.03.2026;Brezel;0,90\n1;12.03.2026;Kaffee;?\n2;12.03.2026;Kaffee;2,90\n"
    first, second = read(written(text))
    assert first == Problem(3, "1", "“?” is no amount.")
    assert second.external_id == "2"


def test_columns_can_be_named(written):
    text = "Nr;Wann;Wer;Wieviel;Betrag\n1;12.03.2026;K-1;5,00;9,99\n"
    file = written(
        text,
        chosen={"Nr": "receipt", "Wann": "date", "wer": "member", "Wieviel": "amount", "Betrag": "ignore"},
    )
    assert read(file) == [Receipt(2, "1", at(12, 0), 500, 0, (("member", "K-1"),), [], "")]


@pytest.mark.parametrize(
    ("header", "chosen", "sentence"),
    [
        ("Bon;Betrag", {}, "No column with the date was found."),
        ("Bon;Datum", {}, "No column with the amount was found."),
        ("Datum;Summe;Betrag", {}, "More than one column could be the amount: Betrag, Summe."),
        ("Datum;Betrag", {"Wieviel": "amount"}, "There is no column “Wieviel”."),
        ("Datum;Betrag", {"Betrag": "geld"}, "There is no field “geld”; there are receipt, date"),
    ],
)  # fmt: skip
def test_columns_that_are_unclear_are_asked_about(written, header, chosen, sentence):
    with pytest.raises(till_columns.ColumnsUnclear) as refused:
        written(f"{header}\n", chosen=chosen)
    assert str(refused.value).startswith(sentence)
    assert f"The columns are: {header.replace(';', ', ')}." in str(refused.value)


@pytest.mark.parametrize("content", ["", "\n\n", " ; ;\n"])
def test_an_empty_file_is_told(written, content):
    with pytest.raises(till_files.FileEmpty):
        written(content)
