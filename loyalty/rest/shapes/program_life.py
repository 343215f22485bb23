"""A program's end, and what a change would do."""

from loyalty.rest.shapes.fields import Body, When


class Closure(Body):
    """`ends_at`: from then on nothing is earned (default: now). `redeem_until`: until then what is there can be spent,
    then it expires (default: when it would have anyway)."""

    ends_at: When | None = None
    redeem_until: When | None = None
