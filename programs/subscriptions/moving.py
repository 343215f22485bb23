"""What becomes of subscriptions when two members become one, or somebody is forgotten.

Rule: docs/rules/vip.md, "Seats".
"""

from loyalty import clock
from programs import ledger
from programs.subscriptions import changing, ending, holding, levels
from programs.subscriptions.models import Seat, Subscription

ENDED = Subscription.Status.ENDED


def move(from_id, into_id):
    """Give a merged member's subscriptions and seats to the survivor. Both members are locked by the caller.

    Where the survivor has a living subscription in the same program, that one goes on and the other ends.
    Raises StripeUnavailable, StripeRefused where one that Stripe takes fees for cannot be cancelled there.
    """
    taken = (
        Subscription.objects.filter(member=into_id).exclude(status=ENDED).values_list("program_id", flat=True)
    )
    rows = _of([from_id])
    for row in rows:
        if row.program_id in set(taken):
            _end(row, "merged")
    keys = {row.program_id: (into_id, row.program_id) for row in rows}
    sheets = ledger.open_sheets(keys.values()) if keys else {}
    for program_id, key in keys.items():
        moved = Subscription.objects.filter(member=from_id, program=program_id)
        moved.update(member=into_id, account=sheets[key].id)
    programs = {*keys, *_move_seats(from_id, into_id)}
    for program_id in sorted(programs):
        levels.review(program_id, [from_id, into_id], at=clock.now(), reason="merged")


def forget(member_ids):
    """End what these members have subscribed to, and take their names, and those beside them, off the seats.

    What was paid stays in the books, under an id without a name. Raises as `move` does.
    """
    for row in _of(member_ids):
        _end(row, "cancelled")
    Seat.objects.filter(subscription__member__in=member_ids)._raw_delete("default")
    of_others = Seat.objects.filter(member__in=member_ids)
    programs = set(of_others.values_list("subscription__program_id", flat=True))
    of_others._raw_delete("default")
    for program_id in sorted(programs):
        levels.review(program_id, member_ids, at=clock.now(), reason="cancelled")


def _of(member_ids):
    rows = Subscription.objects.filter(member__in=member_ids).order_by("id")
    return list(rows.select_for_update(of=("self",), no_key=True).select_related("program", "member"))


def _end(row, reason):
    if row.status != ENDED:
        changing.cancel_at_stripe(row, at_once=True)
        ending.end(holding.held(row), at=clock.now(), reason=reason)


def _move_seats(from_id, into_id):
    """A seat stays taken; its card is the survivor's, unless they sit there already or are the payer themselves."""
    programs = set()
    for seat in Seat.objects.filter(member=from_id).select_related("subscription"):
        there = Seat.objects.filter(subscription=seat.subscription_id, member=into_id).exists()
        seat.member_id = None if there or seat.subscription.member_id == into_id else into_id
        seat.save(update_fields=["member"])
        programs.add(seat.subscription.program_id)
    payers = Seat.objects.filter(member=into_id, subscription__member=into_id)
    payers.update(member=None)
    return programs
