"""A place, a piece, points: what is taken for a redemption, in the one order in which nothing is left half done.

Rule: docs/rules.md, "Redeeming".
"""

from datetime import timedelta

from loyalty import clock, ids, tenancy
from loyalty.events import recording
from loyalty.tenancy import bulk, prepared
from programs import catalogue, expiry, ledger
from programs.accounts import Unlock
from programs.models import Program
from programs.sheet import Source
from rewards import codes, refusals
from rewards.gift_cards import issuing
from rewards.models import Redemption, Reward, Voucher

# What is handed over at once when it is used "now". Other kinds are proved by a voucher: at the door, at the partner's.
AT_ONCE = frozenset({Reward.Kind.PRODUCT, Reward.Kind.SERVICE})


def book(redemption, unlock):
    """Pay for a redemption, take it from stock and hand it out; one that waited is no longer waiting.

    The member is locked; locks the account, then the reward. Raises InsufficientBalance, OutOfStock, FullyBooked;
    nothing is written then.
    """
    sheet = _charge(redemption, unlock)
    take_from_stock(redemption.reward)
    # Only now, when nothing can be refused any more, is anything written.
    ledger.save([sheet] if sheet else [])
    save(redemption)
    if unlock:
        Unlock.objects.filter(id=unlock.id).update(status=Unlock.Status.TAKEN, redemption_id=redemption.id)
    if redemption.reward.kind == Reward.Kind.GIFT_CARD:
        _issue_gift_card(redemption)
    elif redemption.use == "later" or redemption.reward.kind not in AT_ONCE:
        _issue_voucher(redemption)
    tell("reward.redeemed", redemption)


def save(redemption):
    """Write a redemption: as a new row, or over the one that waited."""
    if redemption._state.adding:
        bulk.insert(Redemption, _COLUMNS, [tuple(getattr(redemption, name) for name in _COLUMNS)])
    else:
        redemption.save(update_fields=["account_id", "entry_id", "cost", "status", "at"])


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


def take_from_stock(reward):
    """One statement decides who gets the last one, of pieces and of places. Raises OutOfStock, FullyBooked."""
    taken = prepared.changed(
        "UPDATE rewards_reward SET taken = taken + 1 WHERE merchant_id = %s AND id = %s"
        " AND (stock IS NULL OR taken < stock) AND (capacity IS NULL OR taken < capacity)",
        tenancy.merchant_id(), reward.id,
    )  # fmt: skip
    if not taken:
        refused = refusals.OutOfStock if reward.capacity is None else refusals.FullyBooked
        raise refused(reward=reward.public_id)


def open_unlock(member, reward):
    """The oldest open unlock of a reward, locked, or None."""
    found = prepared.instances(Unlock, _OPEN, tenancy.merchant_id(), member.id, reward.id)
    for unlock in found:
        unlock.reward = reward
    return found[0] if found else None


_COLUMNS = ("id", "member_id", "reward_id", "account_id", "entry_id", "cost", "use", "status", "at", "location_id",
            "partner_id", "actor", "text")  # fmt: skip
_OPEN = (
    f"SELECT {prepared.columns_of(Unlock)} FROM programs_unlock WHERE merchant_id = %s AND member_id = %s"
    " AND reward_id = %s AND status = 'open' ORDER BY at, id LIMIT 1 FOR NO KEY UPDATE"
)


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


def tell(kind, redemption, **facts):
    recording.record(
        kind, member_id=redemption.member_id, redemption=redemption.public_id, cost=redemption.cost,
        member=ids.public("mem", redemption.member_id), reward=ids.public("rwd", redemption.reward_id), **facts,
    )  # fmt: skip
