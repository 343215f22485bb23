"""A reward shown on the customer's phone: six digits that live for a minute, so that a screenshot is worth nothing.

They name who wants what, and are used up when it is handed over; taking it is still `redeeming.redeem`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids, tenancy
from loyalty.errors import Refused
from members import finding
from members.models import Member
from rewards.models import Reward

LASTS = timedelta(seconds=60)


class CodeOver(Refused):
    code = "code_expired"
    sentence = _("This code is no longer valid. Ask the guest to show the new one.")


@dataclass(frozen=True, slots=True)
class Presented:
    digits: str
    ends_at: datetime


def present(member: Member, reward: Reward) -> Presented:
    """New digits for a member who wants a reward now, valid for a minute."""
    wanted = {"member": member.public_id, "reward": reward.public_id}
    for _attempt in range(20):
        digits = f"{secrets.randbelow(10**6):06d}"
        # add() takes only digits that nobody of this merchant shows at the moment.
        if cache.add(_key(digits), wanted, timeout=LASTS.total_seconds()):
            return Presented(digits, clock.now() + LASTS)
    raise CodeOver()


def read(digits: str) -> tuple[Member, Reward]:
    """Who shows these digits, and what they want. Raises CodeOver when they are too old or were never shown."""
    wanted = cache.get(_key(digits))
    if wanted is None:
        raise CodeOver()
    return finding.find(id=wanted["member"]), Reward.objects.by_public_id("rwd", wanted["reward"])


def use(digits: str) -> None:
    """Use the digits up: they are good for one handing over, whoever else has scanned them. Raises CodeOver."""
    if not cache.delete(_key(digits)):
        raise CodeOver()


def _key(digits):
    digits = "".join(digits.split())
    return f"presented:{ids.public('mer', tenancy.merchant_id())}:{digits}"
