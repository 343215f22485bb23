"""The free rewards that each paid period begins with: unlocked here, handed out as vouchers a floor higher.

Rule: docs/rules/vip.md, "Free rewards".
"""

from loyalty import ids
from programs.accounts import Unlock


def give(held, *, at):
    """Unlock the free rewards of a paid period, once each."""
    row = held.subscription
    for reward in held.settings.benefits.free_rewards:
        Unlock.objects.create(
            account_id=row.account_id, member_id=row.member_id, reward_id=ids.parse("rwd", reward),
            as_voucher=True, level=row.plan, at=at,
        )  # fmt: skip


def withdraw(held) -> list:
    """Withdraw what was not taken yet of the rewards that the running period began with. Returns their ids."""
    unused = of_period(held.subscription).filter(status=Unlock.Status.OPEN)
    withdrawn = list(unused.values_list("id", flat=True))
    Unlock.objects.filter(id__in=withdrawn).update(status=Unlock.Status.WITHDRAWN)
    return withdrawn


def of(row):
    """The unlocks of a subscription's account: of all its periods, taken and withdrawn ones too."""
    return Unlock.objects.filter(account=row.account_id, level=row.plan)


def of_period(row):
    """Those that its running period began with."""
    return of(row).filter(at__gte=row.period_starts_at)
