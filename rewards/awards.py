"""Recognition: what a merchant gives to guests of its choice, and whom a month's figures propose for it.

Rule: docs/rules/rewards.md, "Recognition".
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, Sum
from django.utils.translation import gettext_lazy as _

from loyalty import clock, tenancy
from loyalty.errors import Refused
from members import locking
from members.models import Member
from programs import expiry
from programs.models import Purchase
from rewards import booking, eligibility, refusals
from rewards.models import Redemption, Reward


class NotAnAward(Refused):
    code = "not_an_award"
    sentence = _("This reward is not one that the shop gives by itself. Guests take it.")


@dataclass(frozen=True, slots=True)
class Proposal:
    """by: "visits", "spend" or "faithful". The figures are those of the month; first_visit_at is of all time."""

    by: str
    member_id: UUID
    visits: int
    spend_minor: int
    first_visit_at: datetime
    awarded: int


def give(*, member, reward, text, actor="") -> Redemption:
    """Give recognition to a member, and say why. Costs nothing. Returns the Redemption that keeps it.

    Locks the member, then the reward. Raises NotAnAward, NotEligible, LimitReached, OutOfStock, Ended, NotStarted;
    nothing is written then.
    """
    if reward.kind != Reward.Kind.RECOGNITION:
        raise NotAnAward(reward=reward.public_id)
    locking.lock([member.id])
    if member.status != Member.Status.ACTIVE:
        raise refusals.NotEligible(member=member.public_id, reason="inactive")
    known = eligibility.of_members([reward], [member.id])[member.id]
    refused = eligibility.refusal(reward, known, clock.now())
    if refused is not None:
        raise refused
    booking.take_from_stock(reward)
    redemption = Redemption(member=member, reward=reward, use="now", text=text, actor=actor)
    booking.save(redemption)
    booking.tell("reward.awarded", redemption, text=text)
    return redemption


def proposals(reward: Reward, *, month: date) -> list[Proposal]:
    """Whom the purchases of a month propose: most visits, highest spend, longest faithful of those who came. Each once
    for each figure; of equals whoever was here first. Empty where nobody came. Five statements at most.

    month: its first day, in the merchant's calendar. A purchase of which everything was returned is no visit.
    """
    start, end = _span(month)
    came = Purchase.objects.filter(returned_at=None, member__status=Member.Status.ACTIVE)
    this_month = Q(occurred_at__gte=start, occurred_at__lt=end)
    figures = (
        came.filter(occurred_at__lt=end)
        .values("member_id")
        .annotate(
            visits=Count("id", filter=this_month),
            spend=Sum(F("net_minor") - F("refunded_minor"), filter=this_month, default=0),
            first=Min("occurred_at"),
            latest=Max("occurred_at"),
        )
    )
    figures = figures.filter(latest__gte=start)
    firsts = {
        "visits": figures.order_by("-visits", "first", "member_id").first(),
        "spend": figures.order_by("-spend", "first", "member_id").first(),
        "faithful": figures.order_by("first", "member_id").first(),
    }
    best = [(by, row) for by, row in firsts.items() if row is not None]
    had = _had(reward, [row["member_id"] for _by, row in best])
    return [
        Proposal(
            by, row["member_id"], row["visits"], int(row["spend"]), row["first"], had.get(row["member_id"], 0)
        )
        for by, row in best
    ]


def last_month() -> date:
    """The first day of the month that is over, in the merchant's calendar."""
    today = clock.today(tenancy.merchant().timezone)
    return date(today.year - (today.month == 1), (today.month - 2) % 12 + 1, 1)


def _span(month):
    timezone = tenancy.merchant().timezone
    following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return expiry.midnight(month, timezone), expiry.midnight(following, timezone)


def _had(reward, member_ids):
    rows = Redemption.objects.filter(reward=reward, member_id__in=member_ids, status=Redemption.Status.DONE)
    counted = rows.values("member_id").annotate(count=Count("id"))
    return {row["member_id"]: row["count"] for row in counted}
