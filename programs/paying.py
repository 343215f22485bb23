"""Points as money: how many of them a purchase can take. Pure. Rule: docs/rules/points.md, "Points as money"."""

from fractions import Fraction
from typing import Annotated

from pydantic import Field

from loyalty.money import half_up
from programs.shapes import Shape


class Redeem(Shape):
    """point_value_minor: what a point is worth, in minor units. step: only multiples of it. max_percent: of the amount
    due that points may pay. minimum: fewer are not taken."""

    point_value_minor: Annotated[str, Field(pattern=r"^\d{1,9}(\.\d{1,8})?$")] = "1"
    minimum: Annotated[int, Field(ge=0, le=10**12)] = 0
    step: Annotated[int, Field(ge=1, le=10**9)] = 1
    max_percent: Annotated[str, Field(pattern=r"^(100(\.0{1,3})?|\d{1,2}(\.\d{1,3})?)$")] = "100"


def most(redeem: Redeem, *, asked: int, balance: int, due_minor: int) -> int:
    """How many points are taken: as many of those asked as balance, share and step allow. The minimum is not looked at.

    due_minor: what is to be paid, after all discounts.
    """
    value = Fraction(redeem.point_value_minor)
    if value == 0:
        return 0
    share = Fraction(due_minor) * Fraction(redeem.max_percent) / 100
    points = min(asked, max(0, balance), int(share / value))
    return points - points % redeem.step


def worth(redeem: Redeem, points: int) -> int:
    """What points pay, in minor units, half up to the cent."""
    return half_up(points * Fraction(redeem.point_value_minor))
