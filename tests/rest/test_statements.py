"""A partner's statement on paper: its figures stand there, on as many pages as it takes."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from uuid import uuid4

import pypdfium2
import pytest

from loyalty import tenancy
from loyalty.rest import statements
from programs.coalition.settlement import Line, Running, Settled
from programs.models import Program
from tests import makers

pytestmark = pytest.mark.django_db
RUNNING = {"owes", "is_owed", "fee"}
FIRST = datetime(2026, 3, 1, 12, tzinfo=UTC)


def statement(days=1, **figures):
    lines = [
        Line(FIRST + timedelta(hours=6 * place), FIRST, kind, False, 100, -100)
        for place in range(4 * days)
        for kind in ("issue", "redeem")
    ]
    running = {name: Running(until=Fraction(figures.pop(name))) for name in RUNNING & figures.keys()}
    settled = Settled(uuid4(), **running, **figures)
    return statements.Statement(
        Program(name="Straßenkarte"), "Bäckerei Feldmann", date(2026, 3, 1), settled, lines
    )


def pages(one):
    with tenancy.scope(makers.merchant("Werbegemeinschaft")):
        document = pypdfium2.PdfDocument(statements.pdf(one))
    return [page.get_textpage().get_text_range() for page in document]


def test_the_figures_of_the_month_stand_on_it():
    (text,) = pages(statement(issued_points=1200, owes=1200, is_owed=350, fee=60))
    for part in (
        "Werbegemeinschaft",
        "Straßenkarte",
        "Bäckerei Feldmann",
        "March 2026",
        "1,200",
        "€12.00",
        "€9.10",
    ):
        assert part in text
    assert "You pay" in text


def test_who_is_owed_more_receives():
    (text,) = pages(statement(redeemed_points=500, is_owed=500))
    assert "You receive" in text and "€5.00" in text


def test_a_long_month_goes_over_several_pages_by_day():
    found = pages(statement(days=31))
    assert len(found) == 2
    assert "31 March" in found[1]


def test_the_same_statement_is_the_same_file():
    one = statement()
    with tenancy.scope(makers.merchant()):
        assert statements.pdf(one) == statements.pdf(one)
