"""Vouchers: found by their code, held by a till, used once, voided. Rule: docs/rules/vouchers.md, "Vouchers"."""

from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.errors import Conflict, NotFound, Refused
from rewards import codes
from rewards.models import Voucher
from rewards.redeeming import AlreadyUsed


class VoucherVoid(Refused):
    code = "code_void"
    sentence = _("This voucher is no longer good.")


class VoucherExpired(Refused):
    code = "code_expired"
    sentence = _("This voucher was good until %(valid_until)s.")


class VoucherHeld(Conflict):
    code = "code_held"
    sentence = _("Another till is ringing up this voucher right now. Please try again in a moment.")


def find(text) -> Voucher:
    """The voucher of a code, as typed or scanned. Raises NotFound, also for a code with a slip of the pen."""
    code = codes.parse(text)
    voucher = Voucher.objects.select_related("reward", "member").filter(code=code).first() if code else None
    if voucher is None:
        raise NotFound(code=text)
    return voucher


def lock(found) -> dict:
    """Lock vouchers in id order until the transaction ends: {id: Voucher} as they are under the lock."""
    rows = Voucher.objects.filter(id__in=[voucher.id for voucher in found]).select_related("reward", "member")
    return {row.id: row for row in rows.order_by("id").select_for_update(of=("self",), no_key=True)}


def of_redemption(redemption) -> Voucher | None:
    """The voucher that a redemption made, if it made one."""
    return Voucher.objects.filter(redemption=redemption).first()


def hold(voucher, *, minutes, actor) -> Voucher:
    """Hold a voucher for the sale that a till is ringing up: nobody else can use it for so many minutes.

    Holding it again prolongs it. actor: whose hold it is; others are refused until it is released, used, or its time
    is over. Raises VoucherHeld, AlreadyUsed, VoucherVoid, VoucherExpired.
    """
    until = clock.now() + timedelta(minutes=minutes)
    return _change(_usable(actor), voucher, actor, held_until=until, held_by=actor)


def release(voucher, *, actor) -> Voucher:
    """Give a hold up. One that there is not, or no longer, is no trouble. Raises VoucherHeld for somebody else's."""
    free = _not_held_by_others(actor)
    if not Voucher.objects.filter(free, id=voucher.id).update(held_until=None, held_by=""):
        raise _held(_fresh(voucher))
    return _fresh(voucher)


def use(voucher, *, purchase=None, actor="") -> Voucher:
    """Use a voucher, at most once whoever else tries. Ends its hold.

    Raises AlreadyUsed, VoucherVoid, VoucherExpired, and VoucherHeld when somebody else than `actor` holds it.
    """
    return _change(
        _usable(actor), voucher, actor, status=Voucher.Status.USED, used_at=clock.now(), used_in=purchase,
        held_until=None, held_by="",
    )  # fmt: skip


def void(voucher, *, actor="") -> Voucher:
    """Take a voucher out of use. Doing so again changes nothing. Raises AlreadyUsed, VoucherHeld."""
    changeable = _not_held_by_others(actor) & ~Q(status=Voucher.Status.USED)
    gone = {"status": Voucher.Status.VOID, "held_until": None, "held_by": ""}
    if not Voucher.objects.filter(changeable, id=voucher.id).update(**gone):
        voucher = _fresh(voucher)
        raise _held(voucher) if voucher.status == Voucher.Status.OPEN else AlreadyUsed(voucher=voucher.code)
    return _fresh(voucher)


def status(voucher) -> str:
    """open, held, used, void, or expired."""
    if voucher.status != Voucher.Status.OPEN:
        return voucher.status
    now = clock.now()
    if voucher.valid_until and voucher.valid_until <= now:
        return "expired"
    return "held" if voucher.held_until and voucher.held_until > now else "open"


def refuse_unusable(voucher, *, actor=""):
    """Raises AlreadyUsed, VoucherVoid, VoucherExpired, and VoucherHeld when somebody else than `actor` holds it."""
    match status(voucher):
        case "used":
            raise AlreadyUsed(voucher=voucher.code)
        case "void":
            raise VoucherVoid(voucher=voucher.code)
        case "expired":
            raise VoucherExpired(voucher=voucher.code, valid_until=voucher.valid_until.isoformat())
        case "held" if voucher.held_by != actor:
            raise _held(voucher)


def _usable(actor):
    """The condition under which a voucher can be used: one statement with it decides who comes first."""
    good = Q(valid_until=None) | Q(valid_until__gt=clock.now())
    return good & _not_held_by_others(actor) & Q(status=Voucher.Status.OPEN)


def _not_held_by_others(actor):
    return Q(held_until=None) | Q(held_until__lte=clock.now()) | Q(held_by=actor)


def _change(condition, voucher, actor, **columns):
    """Change a voucher if it still is as the condition says. Raises why it is not."""
    changed = Voucher.objects.filter(condition, id=voucher.id).update(**columns)
    voucher = _fresh(voucher)
    if not changed:
        refuse_unusable(voucher, actor=actor)
    return voucher


def _fresh(voucher):
    voucher.refresh_from_db(fields=["status", "used_at", "valid_until", "held_until", "held_by"])
    return voucher


def _held(voucher):
    return VoucherHeld(voucher=voucher.code, held_until=voucher.held_until.isoformat())
