"""What every program type says of itself. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from programs.earning import Basket, Deserved, Facts
from programs.expiry import Expiry, Never
from programs.rules import Rule
from programs.shapes import Shape

FOREVER = timedelta(days=365_000)


class Keeping(Shape):
    """Settings of every program that keeps value on an account (api.md, "Common")."""

    expiry: Expiry = Never()
    pending_days: Annotated[int, Field(ge=0, le=90)] = 0
    debt: Literal["allow", "forgive"] = "allow"


@dataclass(frozen=True, slots=True)
class Grant:
    """A reward unlocked at `position` stamps. pays: taken off the balance at once; cost: when it is redeemed."""

    reward: str | None
    position: int
    pays: int = 0
    cost: int = 0


class ProgramType:
    """A strategy: stateless, one instance per type."""

    name: str
    Settings: type[Keeping]
    unit: tuple[str, str]
    # True where a credit may spend at once (a full card), so that the lots are needed already when earning.
    spends_while_earning = False

    def deserve(
        self, settings, rules: Sequence[Rule], basket: Basket, facts: Facts, carry: Fraction = Fraction(0)
    ) -> Deserved:
        """What a basket deserves. The same for preview, purchase and refund."""
        raise NotImplementedError

    def accumulates(self, settings) -> bool:
        """Whether the fraction of a point is kept for the next purchase."""
        return False

    def welcome(self, settings) -> int:
        """What joining gives."""
        return 0

    def fit(self, settings, amount: int, because: list[dict], balance: int) -> tuple[int, list[dict]]:
        """What of a deserved amount the account can take, and the reasons for it."""
        return amount, because

    def grants(self, settings, before: int, after: int) -> list[Grant]:
        """What a balance unlocks by growing from `before` to `after`."""
        return []

    def cooldown(self, settings) -> timedelta:
        return timedelta(0)

    def looks_back(self, settings, rules: Sequence[Rule]) -> timedelta:
        """How far back a credit has to look for limits and cooldowns."""
        reach = self.cooldown(settings)
        for limit in [*self.limits(settings), *(rule.limit for rule in rules)]:
            if limit.per_day is not None:
                reach = max(reach, timedelta(days=2))
            if limit.per_month is not None:
                reach = max(reach, timedelta(days=33))
            if getattr(limit, "per_member", None) is not None:
                reach = FOREVER
        return reach

    def limits(self, settings):
        return []
