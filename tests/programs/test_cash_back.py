"""Cash-back: every cent counts towards the next reward."""

from hypothesis import given
from hypothesis import strategies as st

from programs.types import cash_back
from tests.programs import pure

SETTINGS = cash_back.Settings.read({"per_minor": 10000, "reward": "rwd_1"})


def test_every_cent_is_collected_and_said_so():
    deserved = pure.deserved(pure.basket(9999), type="cash_back", per_minor=10000)
    assert (deserved.amount, deserved.because[0]["code"]) == (9999, "collected")


def test_what_is_excluded_is_not_collected():
    bought = pure.basket(1000, pure.line(400, category="tabak"), pure.line(600, category="brot"))
    assert (
        pure.deserved(bought, type="cash_back", per_minor=10000, exclude={"categories": ["tabak"]}).amount
        == 600
    )


def test_each_full_amount_is_a_reward_that_is_handed_out_at_once():
    (grant,) = cash_back.TYPE.grants(SETTINGS, 0, 10000)
    assert (grant.pays, grant.cost, grant.as_voucher, grant.reward) == (10000, 0, True, "rwd_1")


@given(st.integers(0, 9999), st.integers(0, 10**7))
def test_no_cent_is_lost_and_none_counts_twice(before, spent):
    grants = cash_back.TYPE.grants(SETTINGS, before, before + spent)
    assert before + spent - sum(grant.pays for grant in grants) == (before + spent) % 10000
