"""How often a key may ask: a bucket of requests per key that refills evenly, kept in Valkey.

A full bucket may be emptied at once; from then on requests come back one by one. Where Valkey cannot be reached
requests pass: a limit is a courtesy, taking a purchase is the purpose.
"""

import math
from dataclasses import dataclass
from functools import cache

import redis
import structlog
from django.conf import settings

from loyalty.rest.problems import TooMany

log = structlog.get_logger("loyalty.rest")

# KEYS: the bucket. ARGV: how many it holds, which is also how many it gets per minute. The server's clock counts.
# Returns whether one was taken, how many are left, and the milliseconds until the next one comes.
TAKE = """
local size = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(held[1]) or size
left = math.min(size, left + (now - (tonumber(held[2]) or now)) * size / 60000)
local taken = 0
if left >= 1 then left = left - 1; taken = 1 end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', now)
redis.call('PEXPIRE', KEYS[1], 61000)
return {taken, math.floor(left), math.ceil(math.max(0, 1 - left) * 60000 / size)}
"""


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
    try:
        taken, left, wait_ms = _script()(keys=[f"rest:limit:{key.id.hex}"], args=[limit])
    except redis.RedisError as error:
        log.warning("limits_unreachable", error=str(error))
        return None
    allowance = Allowance(limit, left, math.ceil((limit - left) * 60 / limit))
    if not taken:
        raise OverLimit(allowance, retry_after=max(1, math.ceil(wait_ms / 1000)))
    return allowance


@cache
def _script():
    # Answers come within a millisecond or are not worth waiting for.
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)
    return client.register_script(TAKE)
