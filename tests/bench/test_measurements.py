"""Each measurement runs, tiny, against the real web, and what it sent is in the books. No time is asserted."""

import re

import pytest

from bench import batch, purchase, redemption
from bench.processes import database_url

SMALL = ["--operations", "8", "--members", "4", "--connections", "2"]


@pytest.fixture(autouse=True)
def this_database(real_database, monkeypatch):
    """The measurement, and the web that it starts, use the test's own database."""
    monkeypatch.setenv("DATABASE_URL", database_url())


def test_a_purchase_is_measured_beside_its_floor_and_every_one_is_in_the_books(capsys):
    assert purchase.main([*SMALL, "--programs", "1", "3", "--external-ids"]) == 0
    lines = capsys.readouterr().out.splitlines()
    # 100 to warm up, 8 at full and 8 at half speed, 20 at once and 8 beside them; 28 points each.
    assert [line for line in lines if "in the books" in line.lower()] == [
        f"In the books, as it should be: Counts(purchases=144, credits={credits}, redemptions=0, points=4032,"
        " problems=0)"
        for credits in (144, 3 * 144)
    ]  # fmt: skip
    measured = [line for line in lines if re.match("floor|purchase|  at half", line)]
    assert [line.split("  ")[0] or line.split("  ")[1] for line in measured] == [
        "floor, 1 program, statement by statement", "floor, 1 program, in one pipeline", "purchase, 1 program",
        "at half of this rate", "floor, 3 programs, statement by statement", "floor, 3 programs, in one pipeline",
        "purchase, 3 programs", "at half of this rate",
    ]  # fmt: skip


def test_a_redemption_is_measured_and_every_point_is_accounted_for(capsys):
    assert redemption.main([*SMALL, "--rewards", "2"]) == 0
    # Four members with a million points each have paid 5 for each of 144 rewards.
    assert "purchases=0, credits=0, redemptions=144, points=3999280, problems=0" in capsys.readouterr().out


def test_a_batch_is_measured_beside_the_copy_of_its_rows(capsys):
    assert batch.main(["--purchases", "30", "--members", "4", "--programs", "1", "3", "--repeat", "1"]) == 0
    told = capsys.readouterr().out
    # 40 purchases: each a purchase and an event, and for each program entry, lot and credit (a third of full cards pay
    # with an entry more); the events of the programs' changes beside them.
    assert "COPY, 1 program, 203 rows" in told
    assert "of the rate of COPY (median of 1)" in told
    assert "WRONG" not in told
