"""How many points a partner may still give: its cap for the month, and what it has bought beforehand.

They trim what a purchase earns, and say so; the purchase itself is never refused for it.
Rule: docs/rules/coalition.md, "Caps and prepaid points"
"""

from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import F

from loyalty import ids, tenancy
from loyalty.events import recording
from programs.coalition import terms
from programs.coalition.models import IssuedMonth, Partner, PrepaidBlock


def trim(live, purchase, amount, because, *, lock) -> tuple[int, list[dict]]:
    """What of an amount the merchant of a purchase may still give, and the reasons for it; counted as given.

    lock: False for a preview, which counts nothing. Locks the partner's count of the month, then its blocks.
    """
    if purchase.partner_id is None or not live.type.is_shared:
        return amount, because
    if purchase.partner_id != tenancy.acting_id():
        raise LookupError("a purchase at a partner's till is recorded with the partner acting")
    if not amount:
        return amount, because
    partner = terms.of(live, purchase.partner_id, moment_of(purchase)).partner
    if partner is not None and partner.points_per_month is not None:
        amount, because = _by_month(partner, purchase, amount, because, lock)
    if partner is not None and live.settings.billing == "prepaid" and amount:
        amount, because = _by_blocks(partner, amount, because, lock)
    return amount, because


def moment_of(purchase):
    """The moment whose terms hold for a purchase: a till's clock may be a little ahead of ours."""
    return min(purchase.occurred_at, purchase.recorded_at)


def cut(because, left, **why) -> list[dict]:
    """The reasons with their amounts cut to `left` in all, the first ones first; what is cut says why."""
    rows = []
    for row in because:
        fits = min(row["amount"], left)
        rows.append(row if fits == row["amount"] else row | why | {"amount": fits})
        left -= fits
    return rows


def _by_month(partner, purchase, amount, because, lock):
    local = purchase.occurred_at.astimezone(ZoneInfo(tenancy.merchant().timezone))
    month = date(local.year, local.month, 1)
    count = _count(partner, month, lock)
    given = count.points if count else 0
    fits = min(amount, max(0, partner.points_per_month - given))
    if lock:
        IssuedMonth.objects.filter(id=count.id).update(points=F("points") + fits)
    if fits == amount:
        return amount, because
    return fits, cut(because, fits, code="partner_limit", limit=partner.points_per_month)


def _count(partner, month, lock):
    rows = IssuedMonth.objects.filter(invitation=partner, month=month)
    if not lock:
        return rows.first()
    # Whoever comes first this month makes the row; everybody waits for it.
    IssuedMonth.objects.bulk_create(
        [IssuedMonth(id=ids.new(), invitation=partner, month=month)], ignore_conflicts=True
    )
    return rows.select_for_update(no_key=True).get()


def _by_blocks(partner, amount, because, lock):
    """Take points out of the blocks, the oldest first. One that only alerts gives on when it is used up."""
    rows = PrepaidBlock.objects.filter(invitation=partner).order_by("id")
    blocks = list(rows.select_for_update(no_key=True) if lock else rows)
    left = sum(max(0, block.points - block.used) for block in blocks)
    goes_on = bool(blocks) and blocks[-1].when_used_up == PrepaidBlock.WhenUsedUp.ALERT
    fits = amount if goes_on else min(amount, left)
    if lock:
        _take(blocks, fits)
        _alert(partner, blocks, left, fits, amount)
    return (amount, because) if fits == amount else (fits, cut(because, fits, code="block_used_up"))


def _take(blocks, points):
    for block in blocks:
        is_last = block is blocks[-1]
        part = points if is_last else min(points, max(0, block.points - block.used))
        if part:
            PrepaidBlock.objects.filter(id=block.id).update(used=F("used") + part)
        points -= part


def _alert(partner, blocks, left, taken, wanted):
    """Tell once when the last points come into sight, and once when there are none any more."""
    threshold = blocks[-1].alert_below if blocks else 0
    facts = {
        "partner": partner.public_id,
        "merchant": ids.public("mer", partner.partner_id),
        "left": left - taken,
    }
    if left - taken < threshold <= left:
        recording.record("partner.block_low", **facts)
    if left > 0 and wanted >= left:
        recording.record("partner.block_used_up", **facts)


def buy(
    partner: Partner, *, points, price_minor, alert_below=0, when_used_up="refuse", actor=""
) -> PrepaidBlock:
    """A partner buys points beforehand. Amounts in the operator's currency, minor units."""
    block = PrepaidBlock.objects.create(
        invitation=partner, partner_id=partner.partner_id, points=points, price_minor=price_minor,
        alert_below=alert_below, when_used_up=when_used_up, actor=actor,
    )  # fmt: skip
    recording.record(
        "partner.block_bought", partner=partner.public_id, points=points, price_minor=price_minor
    )
    return block
