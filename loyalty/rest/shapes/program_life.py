"""A program's end, and what a change would do."""

from loyalty.rest.shapes.fields import Answer, Body, Moment, When


class Closure(Body):
    """`ends_at`: from then on nothing is earned (default: now). `redeem_until`: until then what is there can be spent,
    then it expires (default: when it would have anyway)."""

    ends_at: When | None = None
    redeem_until: When | None = None


class Steps(Answer):
    """Members by what becomes of their way to the next reward; `reached`: they would have it at once."""

    nearer: int
    farther: int
    reached: int
    same: int


class TierSteps(Answer):
    """Members by what becomes of their tier; those who fall keep it for the program's grace."""

    rise: int
    fall: int
    same: int


class Outstanding(Answer):
    """What is there now. It stays as it was earned; `affected`: what would expire at another time than now."""

    amount: int
    with_date: int
    affected: int


class Replay(Answer):
    """What the purchases since a moment give by the rules of now (`before`), and would by the new ones (`after`).

    With `is_sample` only `replayed` of the `purchases` were looked at, chosen by account; sums and members are theirs.
    """

    since: Moment
    purchases: int
    replayed: int
    is_sample: bool
    before: int
    after: int
    more: int
    less: int
    same: int


class Preview(Answer):
    """Nothing is stored. `tiers` is null for programs without tiers, and where what counts for them would change."""

    program: str
    members: int
    next_reward: Steps
    tiers: TierSteps | None
    outstanding: Outstanding
    replay: Replay
    text: str
