"""Which points are used first."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty import ids
from programs.lots import OpenLot, in_order_of_use, take
from tests.programs.pure import NOON

ACCOUNT = ids.new()
DAYS = st.none() | st.integers(1, 400)


def lot(remaining, expires_in=None, *, issued=0):
    expires_at = None if expires_in is None else NOON + timedelta(days=expires_in)
    issued_at = NOON + timedelta(days=issued)
    return OpenLot(ids.new(), ACCOUNT, 1000, remaining, issued_at, None, expires_at, ids.new())


def test_the_lot_that_expires_first_is_used_first():
    june, january = lot(100, 170), lot(100, 20)
    assert in_order_of_use([june, january]) == [january, june]
    assert take(in_order_of_use([june, january]), 100) == [(january, 100)]


def test_seventy_of_fifty_and_fifty_leave_thirty_in_the_later():
    first, later = lot(50, 10), lot(50, 20)
    assert take(in_order_of_use([later, first]), 70) == [(first, 50), (later, 20)]


def test_what_never_expires_is_used_last_the_older_first():
    never, older, dated = lot(10, issued=0), lot(10, issued=-5), lot(10, 400)
    assert in_order_of_use([never, older, dated]) == [dated, older, never]


def test_of_two_that_expire_together_the_older_is_used_first():
    newer, older = lot(10, 30, issued=2), lot(10, 30, issued=1)
    assert in_order_of_use([newer, older]) == [older, newer]


def test_taking_changes_nothing():
    one = lot(50)
    take([one], 20)
    assert one.remaining == 50


@given(st.lists(st.tuples(st.integers(0, 50), DAYS), max_size=8), st.integers(0, 500))
def test_all_that_is_asked_is_taken_as_far_as_it_is_there(parts, amount):
    lots = in_order_of_use(lot(remaining, days) for remaining, days in parts)
    taken = take(lots, amount)
    assert sum(part for _lot, part in taken) == min(amount, sum(one.remaining for one in lots))
    assert all(0 < part <= one.remaining for one, part in taken)
    emptied = [one for one, part in taken if part == one.remaining]
    assert len(emptied) >= len(taken) - 1, "no lot is begun before the one in front of it is used up"
