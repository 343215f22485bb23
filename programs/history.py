"""What an account was given before: what limits and cooldowns look at. Pure."""

from bisect import bisect_left, insort
from datetime import UTC, datetime, timedelta

from programs.earning import Facts


class History:
    """Credits of one account that gave something, by local time. A batch adds its own as it goes.

    What a rule gave is added up as it comes: asking costs as much for the first purchase as for the thousandth.
    """

    def __init__(self, timezone):
        self.timezone = timezone
        self.moments: list[datetime] = []
        self.visits: list[datetime] = []
        self.when: dict[str, list[datetime]] = {}
        self.ever: dict[str, int] = {}
        # By rule and (year, month), and by rule and (year, month, day).
        self.sums: dict[tuple[str, tuple[int, ...]], int] = {}

    def add(self, local, because):
        # In UTC: between two local times of one zone Python counts by the wall clock, across a change of time too.
        insort(self.visits, local.astimezone(UTC))
        if any(row["amount"] for row in because):
            insort(self.moments, local.astimezone(UTC))
        for row in because:
            # A multiplier's part lies in the base's amount; what it `added` counts for its own limits alone.
            if amount := row.get("added", row["amount"]):
                self._give(local, row["rule"], amount)

    def _give(self, local, rule, amount):
        self.when.setdefault(rule, []).append(local)
        self.ever[rule] = self.ever.get(rule, 0) + amount
        for period in ((local.year, local.month), (local.year, local.month, local.day)):
            self.sums[rule, period] = self.sums.get((rule, period), 0) + amount

    def facts(self, local, *, is_first=False, challenges=()) -> Facts:
        """The facts for a purchase at a local time: what was given in its day, its month, ever, and how long ago.

        challenges: the rules for which the visits are to be counted.
        """
        month, day = (local.year, local.month), (local.year, local.month, local.day)
        had = {
            rule: {
                "day": self.sums.get((rule, day), 0),
                "month": self.sums.get((rule, month), 0),
                "ever": ever,
            }
            for rule, ever in self.ever.items()
        }
        visits = {rule.key: self._visits_for(rule, local) for rule in challenges}
        return Facts(had, self._seconds_to_nearest(local), is_first, visits=visits)

    def _visits_for(self, rule, local):
        """The visits that count for a challenge: of its last days, today among them, and since it was last won."""
        won = [moment.astimezone(UTC) for moment in self.when.get(rule.key, ()) if moment <= local]
        first_day = local.date() - timedelta(days=rule.when.within_days - 1)
        at, after = local.astimezone(UTC), max(won, default=None)
        return sum(
            visit <= at
            and visit.astimezone(local.tzinfo).date() >= first_day
            and (after is None or visit > after)
            for visit in self.visits
        )

    def _seconds_to_nearest(self, local):
        """Before or after: a purchase that was sent late must not slip in between two stamps."""
        at = local.astimezone(UTC)
        place = bisect_left(self.moments, at)
        near = self.moments[max(0, place - 1) : place + 1]
        return min((abs(int((at - moment).total_seconds())) for moment in near), default=None)
