"""How often something may be done: a bucket that refills evenly, kept in Valkey.

A full bucket may be emptied at once; from then on what it holds comes back bit by bit. Where Valkey cannot be reached
everything passes: a limit is a courtesy, and what must not be guessed has a limit of its own in the database.
"""

from dataclasses import dataclass
from functools import cache

import redis
import structlog
from django.conf import settings

log = structlog.get_logger("loyalty.buckets")

# KEYS: the bucket. ARGV: how many it holds, and in how many milliseconds an empty one is full. The server's clock
# counts. Returns whether one was taken, how many are left, and the milliseconds until the next one comes.
TAKE = """
local size, period = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local held = redis.call('HMGET', KEYS[1], 'left', 'at')
local left = tonumber(held[1]) or size
left = math.min(size, left + (now - (tonumber(held[2]) or now)) * size / period)
local taken = 0
if left >= 1 then left = left - 1; taken = 1 end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', now)
redis.call('PEXPIRE', KEYS[1], period + 1000)
return {taken, math.floor(left), math.ceil(math.max(0, 1 - left) * period / size)}
"""


@dataclass(frozen=True)
class Taken:
    """ok: whether there was one to take. left: how many more at once. wait_ms: until the next one comes."""

    ok: bool
    left: int
    wait_ms: int


def take(name: str, *, size: int, seconds: int) -> Taken | None:
    """Take one out of a bucket that holds `size` and is full again after `seconds`. None where nothing counts."""
    try:
        taken, left, wait_ms = _script()(keys=[name], args=[size, seconds * 1000])
    except redis.RedisError as error:
        log.warning("limits_unreachable", error=str(error))
        return None
    return Taken(bool(taken), left, wait_ms)


@cache
def _script():
    # Answers come within a millisecond or are not worth waiting for.
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.25, socket_connect_timeout=0.25)
    return client.register_script(TAKE)
