"""How often a key may ask: so many requests a minute, and a full minute's worth at once."""

import math
from dataclasses import dataclass

from django.conf import settings

from loyalty import buckets
from loyalty.rest.problems import TooMany


@dataclass(frozen=True)
class Allowance:
    """What a key may still do: `limit` a minute, `left` at once, the bucket full again in `reset` seconds."""

    limit: int
    left: int
    reset: int

    @property
    def headers(self):
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.left),
            "RateLimit-Reset": str(self.reset),
        }


class OverLimit(TooMany):
    """Carries the allowance, for the headers of the refusal."""

    def __init__(self, allowance, retry_after):
        super().__init__(retry_after=retry_after)
        self.allowance = allowance


def take(key):
    """Take one request out of a key's bucket: an Allowance, or None where nothing counts. Raises OverLimit."""
    limit = settings.API_REQUESTS_PER_MINUTE["sandbox" if key.merchant.is_sandbox else "live"]
    taken = buckets.take(f"rest:limit:{key.id.hex}", size=limit, seconds=60)
    if taken is None:
        return None
    allowance = Allowance(limit, taken.left, math.ceil((limit - taken.left) * 60 / limit))
    if not taken.ok:
        raise OverLimit(allowance, retry_after=max(1, math.ceil(taken.wait_ms / 1000)))
    return allowance
