"""Corrections by hand that wait for a second person, or were decided by one."""

from typing import Literal

from loyalty.rest.shapes.fields import Answer, Moment, Page


class Adjustment(Answer):
    """A correction above the program's `adjustment_limit`. `entry`: what was booked when it was approved."""

    id: str
    status: Literal["waiting", "approved", "declined"]
    member: str
    program: str
    amount: int
    reason: str
    proposed_by: str
    proposed_at: Moment
    decided_by: str | None
    decided_at: Moment | None
    entry: str | None


class Adjustments(Page):
    data: list[Adjustment]
