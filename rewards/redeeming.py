"""A member takes a reward: pays for it in points, or takes what a full card unlocked.

Rule: docs/rules.md, "Redeeming".
"""

from datetime import timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids, tenancy
from loyalty.errors import Refused
from loyalty.events import recording
from loyalty.tenancy import bulk, prepared
from members import locking
from members.models import Member
from programs import catalogue, expiry, ledger
from programs.accounts import Unlock
from programs.coalition import terms
from programs.models import Program
from programs.sheet import Source
from rewards import codes
from rewards.gift_cards import issuing
from rewards.models import Redemption, Reward, Voucher


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = _("This reward is out of stock.")


class LimitReached(Refused):
    code = "limit_reached"
    sentence = _("This guest has had this reward as often as it can be had (%(limit)s).")


class NotEligible(Refused):
    code = "not_eligible"
    sentence = _("This guest cannot take this reward now.")


class NotStarted(Refused):
    code = "not_started"
    sentence = _("This reward can be had from %(starts_at)s.")


class Ended(Refused):
    code = "ended"
    sentence = _("This reward can no longer be had.")


class AlreadyUsed(Refused):
    code = "code_used"
    sentence = _("This voucher has already been used.")


def redeem(*, member, reward, use="now", location=None, unlock=None, actor="") -> Redemption:
    """Take a reward, for an open unlock of it or for its cost in points. Returns the Redemption.

    use: "now" hands it over; "later" makes a voucher. What takes money off a purchase always makes a voucher, and
    a gift card is issued to the member, whichever way.
    Locks the member, the account, then the reward. Raises InsufficientBalance, OutOfStock, LimitReached,
    NotEligible, NotStarted, Ended; nothing is written then.
    """
    locking.lock([member.id])
    _refuse_inactive(member)
    _refuse_out_of_time(reward)
    _refuse_elsewhere(reward)
    unlock = unlock or _open_unlock(member, reward)
    if unlock is None and (reward.unlocked_only or reward.program_id is None):
        raise NotEligible(reward=reward.public_id)
    _refuse_too_often(member, reward)
    redemption = Redemption(
        member=member, reward=reward, use=use, location=location, actor=actor,
        partner_id=tenancy.acting_id(),
        cost=unlock.cost if unlock else reward.cost,
    )  # fmt: skip
    sheet = _charge(redemption, unlock)
    _take_from_stock(reward)
    # Only now, when nothing can be refused any more, is anything written.
    ledger.save([sheet] if sheet else [])
    bulk.insert(Redemption, _COLUMNS, [tuple(getattr(redemption, name) for name in _COLUMNS)])
    if unlock:
        Unlock.objects.filter(id=unlock.id).update(status=Unlock.Status.TAKEN, redemption_id=redemption.id)
    if reward.kind == Reward.Kind.GIFT_CARD:
        _issue_gift_card(redemption)
    elif use == "later" or reward.kind != Reward.Kind.PRODUCT:
        _issue_voucher(redemption)
    _tell("reward.redeemed", redemption)
    return redemption


def cancel(redemption, *, actor="") -> Redemption:
    """Undo a redemption: the points go back into the lots they came from, an unlock is open again.

    Its gift card is voided with it. Doing so again changes nothing.
    Raises AlreadyUsed when its voucher was used, GiftCardUsed when its gift card was.
    """
    locking.lock([redemption.member_id])
    redemption = Redemption.objects.select_for_update(no_key=True).get(id=redemption.id)
    if redemption.status == Redemption.Status.CANCELLED:
        return redemption
    voucher = Voucher.objects.select_for_update(no_key=True).filter(redemption=redemption).first()
    if voucher and voucher.status == Voucher.Status.USED:
        raise AlreadyUsed(voucher=voucher.code)
    if voucher is None:
        issuing.take_back(redemption, actor=actor)
    give_back_points(redemption, actor=actor)
    Voucher.objects.filter(redemption=redemption).update(status=Voucher.Status.VOID)
    _tell("redemption.cancelled", redemption)
    return redemption


def give_back_points(redemption, *, actor=""):
    """Mark a redemption cancelled and return what it cost: points, unlock, stock. Returns the entry, or None."""
    entry = None
    if redemption.entry_id:
        sheet = ledger.open_accounts([redemption.account_id])[redemption.account_id]
        source = Source(redemption_id=redemption.id, actor=actor)
        entry = ledger.reverse(sheet, redemption.entry_id, at=clock.now(), source=source)
        ledger.save([sheet])
    # What was handed out unasked is not handed out again by itself.
    Unlock.objects.filter(redemption_id=redemption.id).update(
        status=Unlock.Status.OPEN, redemption_id=None, as_voucher=False
    )
    Reward.objects.filter(id=redemption.reward_id, taken__gt=0).update(taken=F("taken") - 1)
    redemption.status, redemption.cancelled_at = Redemption.Status.CANCELLED, clock.now()
    redemption.save(update_fields=["status", "cancelled_at"])
    return entry


def open_unlocks(member_id):
    """What full cards have unlocked for a member and was not taken yet, oldest first."""
    rows = Unlock.objects.filter(member_id=member_id, status=Unlock.Status.OPEN, reward__isnull=False)
    return rows.select_related("reward").order_by("at", "id")


def _charge(redemption, unlock):
    """Take the cost off the account's sheet, which is still to be saved; None where nothing is to be paid.

    An unlock that was paid when the card was full costs nothing more.
    """
    if redemption.cost == 0:
        redemption.account_id = unlock.account_id if unlock else None
        return None
    sheet = _open_sheet(redemption, unlock)
    source = Source(redemption_id=redemption.id, actor=redemption.actor)
    entry = sheet.burn(redemption.cost, at=clock.now(), source=source)
    _keep_alive(sheet)
    redemption.account_id, redemption.entry_id = sheet.id, entry.id
    return sheet


def _open_sheet(redemption, unlock):
    # A full card may give a reward of another program: it is paid where it was unlocked.
    if unlock:
        return ledger.open_accounts([unlock.account_id])[unlock.account_id]
    key = (redemption.member_id, redemption.reward.program_id)
    return ledger.open_sheets([key], with_lots=True)[key]


def _keep_alive(sheet):
    """Redeeming is activity, too: where points expire by inactivity, what is left lasts on."""
    if not any(lot.remaining and lot.expires_at for lot in sheet.lots.values()):
        return
    rule = catalogue.current(Program.objects.filter(id=sheet.program_id))[0].settings.expiry
    if isinstance(rule, expiry.Inactivity):
        sheet.keep_alive(expiry.expires_at(rule, clock.now(), tenancy.merchant().timezone))


def _take_from_stock(reward):
    """One statement decides who gets the last one."""
    taken = prepared.changed(
        "UPDATE rewards_reward SET taken = taken + 1"
        " WHERE merchant_id = %s AND id = %s AND (stock IS NULL OR taken < stock)",
        tenancy.merchant_id(), reward.id,
    )  # fmt: skip
    if not taken:
        raise OutOfStock(reward=reward.public_id)


def _open_unlock(member, reward):
    found = prepared.instances(Unlock, _OPEN, tenancy.merchant_id(), member.id, reward.id)
    for unlock in found:
        unlock.reward = reward
    return found[0] if found else None


_COLUMNS = ("id", "member_id", "reward_id", "account_id", "entry_id", "cost", "use", "status", "at", "location_id",
            "partner_id", "actor")  # fmt: skip
_OPEN = (
    f"SELECT {prepared.columns_of(Unlock)} FROM programs_unlock WHERE merchant_id = %s AND member_id = %s"
    " AND reward_id = %s AND status = 'open' ORDER BY at, id LIMIT 1 FOR NO KEY UPDATE"
)


def _refuse_inactive(member):
    if member.status != Member.Status.ACTIVE:
        raise NotEligible(member=member.public_id)


def _refuse_out_of_time(reward):
    now = clock.now()
    if reward.archived_at is not None or (reward.ends_at and reward.ends_at <= now):
        raise Ended(reward=reward.public_id)
    if reward.starts_at and reward.starts_at > now:
        raise NotStarted(reward=reward.public_id, starts_at=reward.starts_at.isoformat())


def _refuse_elsewhere(reward):
    """In a coalition a partner's own reward is had there alone, and points are taken where its terms say so."""
    here = tenancy.acting_id()
    if reward.partner_id not in (None, here):
        raise NotEligible(reward=reward.public_id)
    if here is not None:
        terms.refuse_redeeming(catalogue.current(Program.objects.filter(id=reward.program_id))[0], here)


def _refuse_too_often(member, reward):
    if reward.per_member is None:
        return
    had = Redemption.objects.filter(member=member, reward=reward, status=Redemption.Status.DONE).count()
    if had >= reward.per_member:
        raise LimitReached(reward=reward.public_id, limit=reward.per_member)


def _valid_until(reward):
    """The end of the last day on which what was taken now can be used; None: it can be used for ever."""
    days, timezone = reward.valid_days, tenancy.merchant().timezone
    return expiry.midnight(clock.today(timezone) + timedelta(days=days + 1), timezone) if days else None


def _issue_voucher(redemption):
    return Voucher.objects.create(
        code=codes.new(),
        reward=redemption.reward,
        member=redemption.member,
        redemption=redemption,
        valid_until=_valid_until(redemption.reward),
    )


def _issue_gift_card(redemption):
    return issuing.issue(
        balance_minor=redemption.reward.value_minor, expires_at=_valid_until(redemption.reward),
        member=redemption.member, redemption=redemption, actor=redemption.actor,
    )  # fmt: skip


def _tell(kind, redemption):
    recording.record(
        kind, member_id=redemption.member_id, redemption=redemption.public_id, cost=redemption.cost,
        member=ids.public("mem", redemption.member_id), reward=ids.public("rwd", redemption.reward_id),
    )  # fmt: skip
