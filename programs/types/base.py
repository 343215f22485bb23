"""What every program type says of itself. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import Field

from programs.earning import Basket, Deserved, Facts, Matching
from programs.expiry import Expiry, Never
from programs.rules import Rule
from programs.shapes import Shape

FOREVER = timedelta(days=365_000)
Percent = Annotated[str, Field(pattern=r"^(100(\.0{1,3})?|\d{1,2}(\.\d{1,3})?)$")]
Times = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,4})?$")]


class Keeping(Shape):
    """Settings of every program that keeps value on an account (api.md, "Common").

    adjustment_limit: corrections by hand of more than that need a second person.
    warn_days: how many days before something expires its owner is told, each once.
    """

    expiry: Expiry = Never()
    pending_days: Annotated[int, Field(ge=0, le=90)] = 0
    debt: Literal["allow", "forgive"] = "allow"
    adjustment_limit: Annotated[int, Field(ge=0)] | None = None
    warn_days: Annotated[tuple[Annotated[int, Field(ge=1, le=365)], ...], Field(max_length=5)] = (30,)


EVERYTHING = Matching()


@dataclass(frozen=True, slots=True)
class Benefits:
    """What an account's level brings to a purchase. discount_percent: off the lines in `on`, or off everything.

    multiplier: of the program's own base, or of every program's (`for_all_programs`). min_minor: of the purchase, for
    the discount.
    """

    multiplier: Decimal = Decimal(1)
    discount_percent: Decimal | None = None
    on: Matching = EVERYTHING
    min_minor: int = 0
    for_all_programs: bool = False


NO_BENEFITS = Benefits()


@dataclass(frozen=True, slots=True)
class Grant:
    """A reward unlocked at `position` stamps. pays: taken off the balance at once; cost: when it is redeemed.

    as_voucher: handed out at once, without being asked for. level: the tier whose entry reward it is.
    """

    reward: str | None
    position: int
    pays: int = 0
    cost: int = 0
    as_voucher: bool = False
    level: str = ""


class ProgramType:
    """A strategy: stateless, one instance per type."""

    name: str
    Settings: type[Keeping]
    unit: tuple[str, str]
    # True where a credit may spend at once (a full card), so that the lots are needed already when earning.
    spends_while_earning = False
    # True where what a purchase counts lifts an account to a tier (see programs/reviewing.py).
    has_tiers = False
    # True where several merchants give and take the same points.
    is_shared = False
    # True where what is collected is money spent, in minor units, and no points.
    counts_money = False
    # Where in the settings rewards are named, for whoever makes them along with the program: "tiers.*.entry_reward".
    rewards_at: tuple[str, ...] = ()

    def sentences(self, settings, words) -> Iterable[str]:
        """What it gives, in plain sentences for customers. words: programs.explaining.Words."""
        return ()

    def keeps_value(self, settings) -> bool:
        """Whether anything is collected that could expire or be taken off again."""
        return True

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

    def held_level(self, settings, level: str) -> str:
        """The level that an account holds, of what it says: also before anything was counted on it."""
        return level

    def benefits(self, settings, level: str) -> Benefits:
        """What an account with this level ("" for none) brings to its member's purchases."""
        return NO_BENEFITS

    def qualifies(self, settings, basket: Basket, amount: int) -> int:
        """What a purchase that gave `amount` counts towards the next level."""
        return 0

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
        challenges = [timedelta(days=rule.when.within_days) for rule in rules if rule.when.within_days]
        return max([reach, *challenges])

    def limits(self, settings):
        return []
