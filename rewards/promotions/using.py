"""Promotion codes are found, refused and used like vouchers, and a use comes back with the last cent of its purchase.

Rule: docs/rules/promotions.md, "Using a promotion".
"""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids
from loyalty.errors import NotFound, Refused
from loyalty.events import recording
from members import locking
from rewards import vouchers
from rewards.models import Voucher
from rewards.promotions import making
from rewards.promotions.models import Promotion, PromotionCode, PromotionUse


class NotYet(Refused):
    code = "not_started"
    sentence = _("This code is good from %(starts_at)s.")


class Over(Refused):
    code = "ended"
    sentence = _("This promotion is over.")


class UsedUp(Refused):
    code = "limit_reached"
    sentence = _("This code has been used as often as it can be (%(limit)s).")


class UsedUpByMember(Refused):
    code = "limit_reached"
    sentence = _("This guest has used this code as often as one guest can (%(limit)s).")


class MembersOnly(Refused):
    code = "not_eligible"
    sentence = _("This code is for guests with a card. Scan the card first.")


def find(text) -> Voucher:
    """The voucher of a code, as typed or scanned. A promotion's shared code gives one that stands for it, is not kept,
    and has the promotion's id. Raises NotFound.
    """
    try:
        return vouchers.find(text)
    except NotFound:
        code = making.shared_code(text)
        promotion = Promotion.objects.select_related("reward").filter(code=code).first() if code else None
        if promotion is None:
            raise
        return standing_for(promotion)


def standing_for(promotion) -> Voucher:
    """What a shared code is, as a voucher."""
    status = Voucher.Status.VOID if promotion.closed_at else Voucher.Status.OPEN
    return Voucher(
        id=promotion.id, code=promotion.code, reward=promotion.reward, status=status,
        valid_until=promotion.ends_at, created_at=promotion.created_at,
    )  # fmt: skip


def lock_all(texts):
    """Lock the promotions of these codes in id order, those that are unknown left out, for a batch of sales."""
    found = []
    for text in texts:
        try:
            found.append(find(text))
        except NotFound:
            continue
    terms(found, lock=True)


def terms(found, *, lock) -> dict:
    """The promotions behind vouchers: {voucher id: Promotion}; locked in id order until the transaction ends.

    lock=False: only looked at, for a preview. Locked after members and gift cards, before vouchers.
    """
    wanted = {voucher.id: voucher.id for voucher in found if is_shared(voucher)}
    # What was redeemed for points is no promotion's.
    kept = [voucher.id for voucher in found if not is_shared(voucher) and voucher.redemption_id is None]
    if kept:
        rows = PromotionCode.objects.filter(voucher_id__in=kept)
        wanted |= dict(rows.values_list("voucher_id", "promotion_id"))
    if not wanted:
        return {}
    promotions = Promotion.objects.filter(id__in=set(wanted.values())).order_by("id")
    by_id = {row.id: row for row in (promotions.select_for_update(no_key=True) if lock else promotions)}
    return {voucher_id: by_id[promotion_id] for voucher_id, promotion_id in wanted.items()}


def is_shared(voucher) -> bool:
    """Whether a voucher only stands for a promotion's shared code."""
    return voucher._state.adding


def refuse_unfit(promotion, member):
    """Raises Over, NotYet, MembersOnly, UsedUp, UsedUpByMember. The caller has locked the member."""
    now, told = clock.now(), promotion.public_id
    if promotion.closed_at or (promotion.ends_at and promotion.ends_at <= now):
        raise Over(promotion=told)
    if promotion.starts_at and promotion.starts_at > now:
        raise NotYet(promotion=told, starts_at=promotion.starts_at.isoformat())
    if member is None and (promotion.members_only or promotion.per_member is not None):
        raise MembersOnly(promotion=told)
    _refuse_used_up(promotion, member)


def use(voucher, promotion, *, member=None, purchase=None, actor=""):
    """Use a code of a promotion, once more or once and for all. The promotion and the member are locked.

    Raises UsedUp, UsedUpByMember, and for a single-use code what vouchers.use raises.
    """
    # Asked again: another code of the same promotion may have been used in this very purchase.
    _refuse_used_up(promotion, member)
    if not is_shared(voucher):
        vouchers.use(voucher, purchase=purchase, actor=actor)
    Promotion.objects.filter(id=promotion.id).update(used=F("used") + 1)
    promotion.used += 1
    PromotionUse.objects.create(
        promotion=promotion, voucher=None if is_shared(voucher) else voucher, member=member, purchase=purchase,
        actor=actor,
    )  # fmt: skip
    recording.record(
        "promotion.used", member_id=member.id if member else None, promotion=promotion.public_id,
        member=member.public_id if member else None, purchase=purchase.public_id if purchase else None,
        used=promotion.used,
    )  # fmt: skip


def use_by_itself(voucher, *, member=None, actor="") -> Voucher:
    """Use a voucher or a promotion's code outside of a purchase recorded here. Returns the voucher.

    Locks the member, the promotion, then the voucher. Raises what `refuse_unfit`, `use` and vouchers.use raise.
    """
    if member is not None:
        locking.lock([member.id])
    promotion = terms([voucher], lock=True).get(voucher.id)
    if promotion is None:
        return vouchers.use(voucher, actor=actor)
    refuse_unfit(promotion, member)
    use(voucher, promotion, member=member, actor=actor)
    return voucher


def give_back(purchase):
    """What was used in a purchase that was given back whole counts no more: a single-use code is good again.

    Locks the promotions, then the vouchers, each in id order.
    """
    uses = list(PromotionUse.objects.filter(purchase=purchase, returned_at=None).order_by("id"))
    if not uses:
        return
    promotions = Promotion.objects.filter(id__in={use.promotion_id for use in uses}).order_by("id")
    for promotion in promotions.select_for_update(no_key=True):
        returned = sum(use.promotion_id == promotion.id for use in uses)
        Promotion.objects.filter(id=promotion.id).update(used=F("used") - returned)
        recording.record(
            "promotion.returned", member_id=purchase.member_id, promotion=promotion.public_id,
            purchase=purchase.public_id, member=ids.public("mem", purchase.member_id),
            used=promotion.used - returned,
        )  # fmt: skip
    PromotionUse.objects.filter(id__in=[use.id for use in uses]).update(returned_at=clock.now())
    used = Voucher.objects.filter(id__in=[use.voucher_id for use in uses if use.voucher_id])
    list(used.order_by("id").select_for_update(no_key=True))
    used.update(status=Voucher.Status.OPEN, used_at=None, used_in=None)


def _refuse_used_up(promotion, member):
    if promotion.usage_limit is not None and promotion.used >= promotion.usage_limit:
        raise UsedUp(promotion=promotion.public_id, limit=promotion.usage_limit)
    if promotion.per_member is None:
        return
    had = PromotionUse.objects.filter(promotion=promotion, member=member, returned_at=None).count()
    if had >= promotion.per_member:
        raise UsedUpByMember(promotion=promotion.public_id, limit=promotion.per_member)
