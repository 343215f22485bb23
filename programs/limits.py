"""Limits trim, they never lose a purchase. Pure. Rule: docs/rules.md, "Limits"."""

from collections.abc import Mapping

# The most that one rule, or the base, gives for one purchase.
LARGEST = 10**15
PERIODS = ("purchase", "day", "month", "ever", "total")


def trim(amount: int, most: Mapping[str, int | None], had: Mapping[str, int]) -> tuple[int, dict]:
    """What the limits leave of an amount, and the facts of the tightest one that trimmed it ({} if none did).

    most: {"purchase": 1000, "day": 100, …}, None for no limit. had: given before, per period.
    """
    tightest, reason = amount, {}
    if amount > LARGEST:
        # Beyond it figures do not fit into the books. No purchase gets there but by a slip of settings.
        tightest, reason = LARGEST, {"code": "limited", "limit": LARGEST, "period": "purchase", "had": 0}
    for period in PERIODS:
        limit = most.get(period)
        if limit is None:
            continue
        room = max(0, limit - had.get(period, 0))
        if room < tightest:
            tightest = room
            reason = {"code": "limited", "limit": limit, "period": period, "had": had.get(period, 0)}
    return tightest, reason
