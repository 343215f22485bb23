"""Free rewards of paid periods. Rule: docs/rules/vip.md, "Free rewards"."""

import pytest

from loyalty import tenancy
from programs.accounts import Unlock
from programs.subscriptions import changing, paying
from tests.subscriptions import shop
from tests.subscriptions.shop import MONTHLY, midnight, noon

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(gym):
    return shop.club(gym, gifts=["Ein Shake", "Ein Gast umsonst"])


def test_each_paid_period_begins_with_one_of_each(gym, mira, hers):
    begun = [("Ein Shake", "open", noon(2026, 1, 31)), ("Ein Gast umsonst", "open", noon(2026, 1, 31))]
    assert shop.gifts(gym, mira) == begun
    with tenancy.scope(gym):
        assert set(Unlock.objects.values_list("as_voucher", "cost", "position", "level")) == {
            (True, 0, 0, "Club")
        }


def test_they_come_with_the_fee_and_not_before(gym, mira, hers):
    shop.live_until(gym, noon(2026, 3, 2))
    assert len(shop.gifts(gym, mira)) == 2
    shop.do(gym, paying.pay, hers)
    assert shop.gifts(gym, mira)[2:] == [
        ("Ein Shake", "open", noon(2026, 3, 2)), ("Ein Gast umsonst", "open", noon(2026, 3, 2)),
    ]  # fmt: skip


def test_paid_in_advance_they_come_when_the_period_begins(gym, mira, hers):
    shop.do(gym, paying.pay, hers)
    assert len(shop.gifts(gym, mira)) == 2
    shop.live_until(gym, noon(2026, 3, 2))
    assert shop.gifts(gym, mira)[2] == ("Ein Shake", "open", midnight(2026, 2, 28))


def test_a_trial_has_none(gym, mira):
    program = shop.club(gym, MONTHLY | {"trial_days": 7}, gifts=["Ein Tee"])
    shop.subscribe(gym, mira, program)
    assert shop.gifts(gym, mira) == []


def test_cancelled_now_what_was_not_taken_is_withdrawn(gym, mira, hers):
    shop.do(gym, changing.cancel, hers, at="now")
    assert [status for _name, status, _at in shop.gifts(gym, mira)] == ["withdrawn", "withdrawn"]


def test_at_the_periods_end_what_was_paid_for_stays(gym, mira, hers):
    shop.do(gym, changing.cancel, hers, at="period_end")
    shop.live_until(gym, midnight(2026, 2, 28))
    assert [status for _name, status, _at in shop.gifts(gym, mira)] == ["open", "open"]


def test_those_of_earlier_periods_stay_when_it_is_cancelled_now(gym, mira, hers):
    shop.live_until(gym, midnight(2026, 2, 28))
    shop.do(gym, paying.pay, hers)
    shop.do(gym, changing.cancel, hers, at="now")
    assert [status for _name, status, _at in shop.gifts(gym, mira)] == [
        "open",
        "open",
        "withdrawn",
        "withdrawn",
    ]
