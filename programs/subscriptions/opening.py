"""A subscription is opened for a change: locked, and brought up to date.

Locks are taken in one order everywhere: subscriptions by id, then members, then accounts.
"""

from members import locking
from programs.subscriptions import holding, renewing
from programs.subscriptions.models import Subscription


def hold(subscription, *, also=()) -> holding.Held:
    """Lock a subscription and those whom it covers, read it anew, and let happen what is due by now.

    also: ids of members who are to be locked with them. Raises Conflict when one of the members was merged meanwhile.
    """
    rows = Subscription.objects.select_for_update(of=("self",), no_key=True).select_related(
        "program", "member"
    )
    row = rows.get(id=subscription.id)
    locking.lock([*holding.covered_by(row), *also])
    held = holding.held(row)
    renewing.catch_up(held)
    return held
