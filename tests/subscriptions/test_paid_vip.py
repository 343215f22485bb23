"""What a paid VIP program says of itself. Rule: docs/rules/vip.md, "Paid VIP". And what it brings to purchases."""

from decimal import Decimal
from fractions import Fraction

import pytest
from pydantic import ValidationError

from programs import types
from programs.types.base import NO_BENEFITS
from tests.programs.pure import basket, deserved

VIP = types.get("paid_vip")
PLAN = {"name": "Club", "price_minor": 990}


def read(**settings):
    return VIP.Settings.read({"plans": [PLAN]} | settings)


def test_plans_have_names_of_their_own():
    with pytest.raises(ValidationError, match="several plans of the name Club"):
        read(plans=[PLAN, PLAN | {"price_minor": 1990}])


@pytest.mark.parametrize(
    "wrong",
    [
        {"plans": []}, {"seats": 21}, {"seats": -1}, {"grace_days": -1}, {"plans": [PLAN | {"interval": "week"}]},
        {"plans": [PLAN | {"price_minor": -1}]}, {"benefits": {"discount_percent": "101"}}, {"benefits": {"x": 1}},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        read(**wrong)


def test_benefits_hold_for_all_programs_while_a_plan_holds():
    settings = read(benefits={"discount_percent": "12.5", "multiplier": "2"})
    brought = VIP.benefits(settings, "Club")
    assert (brought.discount_percent, brought.multiplier) == (Decimal("12.5"), Fraction(2))
    assert brought.for_all_programs is True
    assert VIP.benefits(settings, "") is NO_BENEFITS


def test_without_a_discount_there_is_none():
    assert VIP.benefits(read(), "Club").discount_percent is None


def test_it_keeps_no_points_and_says_whether_benefits_hold():
    from programs.earning import Facts

    covered = deserved(basket(10_000), type="paid_vip", plans=[PLAN], facts=Facts(level="Club"))
    assert (covered.amount, covered.because) == (
        0,
        [{"rule": "earn", "code": "vip", "name": "Club", "amount": 0}],
    )
    nobody = deserved(basket(10_000), type="paid_vip", plans=[PLAN])
    assert nobody.because == [{"rule": "earn", "code": "no_subscription", "amount": 0}]


def test_rewards_are_named_in_its_settings():
    assert VIP.rewards_at == ("benefits.free_rewards.*",)
