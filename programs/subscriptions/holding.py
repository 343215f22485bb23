"""A subscription in the hand: with its program's settings, and what is told and written when it changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.utils.translation import gettext_lazy as _

from loyalty import ids, tenancy
from loyalty.errors import Refused
from loyalty.events import recording
from programs import catalogue
from programs.models import Program
from programs.subscriptions import levels, periods
from programs.subscriptions.models import Seat, Subscription
from programs.types.paid_vip import Settings

Status = Subscription.Status


class WrongStatus(Refused):
    code = "wrong_status"
    sentence = _("This subscription does not allow that now. Its status: %(label)s.")


class PaidByStripe(Refused):
    code = "paid_by_stripe"
    sentence = _("This subscription is paid online. The fee is taken by itself.")


@dataclass(slots=True)
class Held:
    """A locked subscription, and the settings of its program as they are now."""

    subscription: Subscription
    settings: Settings
    timezone: str

    def tell(self, kind, *, at, **facts):
        """Write an event about it."""
        row = self.subscription
        recording.record(
            f"subscription.{kind}", member_id=row.member_id, at=at, subscription=row.public_id,
            member=ids.public("mem", row.member_id), program=ids.public("prg", row.program_id), plan=row.plan,
            status=row.status, **facts,
        )  # fmt: skip

    def day(self, moment: datetime):
        return periods.local_day(moment, self.timezone)

    def midnight(self, day):
        return periods.start_of(day, self.timezone)

    def save(self, *, at, reason):
        """Write the subscription, and the levels of everybody whom it covers or covered."""
        row = self.subscription
        row.next_due_at = due_at(row)
        row.save()
        levels.review(row.program_id, covered_by(row), at=at, reason=reason)


def held(row) -> Held:
    """A row that is locked already, or is new, with the settings of its program."""
    live = catalogue.current(Program.objects.filter(id=row.program_id))[0]
    return Held(row, cast(Settings, live.settings), tenancy.merchant().timezone)


def covered_by(row) -> list:
    """The ids of the payer and of the members who sit along."""
    seated = Seat.objects.filter(subscription=row, member__isnull=False)
    return [row.member_id, *seated.values_list("member_id", flat=True)]


def due_at(row) -> datetime | None:
    """When something happens to a subscription by itself."""
    if not row.covers:
        return None
    if row.payment == Subscription.Payment.STRIPE:
        # Stripe takes the fees and tells of them. What is not heard of by then does not hold any longer.
        return row.period_ends_at if row.status == Status.CANCELLED else row.grace_until_at
    if row.status == Status.PAST_DUE:
        return min(row.grace_until_at, row.period_ends_at)
    return row.period_ends_at


def refuse_unless(row, *statuses):
    if row.status not in statuses:
        raise WrongStatus(status=row.status, label=str(Status(row.status).label))
