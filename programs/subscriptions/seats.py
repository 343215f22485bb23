"""Who sits along on a subscription: people of the household, and pets. Rule: docs/rules/vip.md, "Seats"."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock
from loyalty.errors import Invalid, Refused
from members.models import Member
from programs.subscriptions import holding, levels, opening
from programs.subscriptions.models import Seat, Subscription

LIVING = [status for status in Subscription.Status if status != Subscription.Status.ENDED]


class NoSeatLeft(Refused):
    code = "no_seat_left"
    sentence = gettext_lazy("All %(seats)s seats of this subscription are taken.")


def add(subscription, *, name, kind=Seat.Kind.PERSON, member=None) -> Seat:
    """Let somebody sit along. member: whose card then has the benefits, too. Raises NoSeatLeft, Invalid, WrongStatus.

    Locks the subscription, the members it covers, and their accounts.
    """
    held = opening.hold(subscription, also=[member.id] if member else [])
    row = held.subscription
    holding.refuse_unless(row, *LIVING)
    _refuse_wrong(row, kind, member)
    if Seat.objects.filter(subscription=row).count() >= held.settings.seats:
        raise NoSeatLeft(seats=held.settings.seats)
    seat = Seat.objects.create(subscription=row, name=name, kind=kind, member=member)
    _review(row, member and member.id, "paid")
    return seat


def remove(seat):
    """Take somebody off a subscription: the row goes, and the name with it."""
    row = opening.hold(seat.subscription).subscription
    seat.delete()
    _review(row, seat.member_id, "cancelled")


def _review(row, member_id, reason):
    if member_id:
        levels.review(row.program_id, [member_id], at=clock.now(), reason=reason)


def _refuse_wrong(row, kind, member):
    if member is None:
        return
    if kind == Seat.Kind.PET:
        raise Invalid({"member": [_("A pet has no card.")]})
    if member.id == row.member_id:
        raise Invalid({"member": [_("The payer needs no seat.")]})
    if not Member.objects.filter(id=member.id, status=Member.Status.ACTIVE).exists():
        raise Invalid({"member": [_("This guest is no longer a member.")]})
    if Seat.objects.filter(subscription=row, member=member).exists():
        raise Invalid({"member": [_("This guest sits on this subscription already.")]})
