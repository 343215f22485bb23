"""Vouchers: found by their code, used once, voided."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty import clock
from loyalty.errors import NotFound, Refused
from rewards import codes
from rewards.models import Voucher
from rewards.redeeming import AlreadyUsed


class VoucherVoid(Refused):
    code = "code_void"
    sentence = _("This voucher is no longer good.")


class VoucherExpired(Refused):
    code = "code_expired"
    sentence = _("This voucher was good until %(valid_until)s.")


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


def use(voucher, *, purchase=None):
    """Use a voucher, at most once whoever else tries. Raises AlreadyUsed, VoucherVoid, VoucherExpired."""
    now = clock.now()
    good = Q(valid_until=None) | Q(valid_until__gt=now)
    open_ones = Voucher.objects.filter(good, id=voucher.id, status=Voucher.Status.OPEN)
    if not open_ones.update(status=Voucher.Status.USED, used_at=now, used_in=purchase):
        voucher.refresh_from_db(fields=["status", "valid_until"])
        refuse_unusable(voucher)
    voucher.refresh_from_db(fields=["status", "used_at"])
    return voucher


def void(voucher):
    """Take a voucher out of use. Doing so again changes nothing. Raises AlreadyUsed."""
    if (
        not Voucher.objects.filter(id=voucher.id)
        .exclude(status=Voucher.Status.USED)
        .update(status=Voucher.Status.VOID)
    ):
        raise AlreadyUsed(voucher=voucher.code)
    voucher.refresh_from_db(fields=["status"])
    return voucher


def status(voucher) -> str:
    """open, used, void, or expired."""
    if voucher.status == Voucher.Status.OPEN and voucher.valid_until and voucher.valid_until <= clock.now():
        return "expired"
    return voucher.status


def refuse_unusable(voucher):
    match status(voucher):
        case "used":
            raise AlreadyUsed(voucher=voucher.code)
        case "void":
            raise VoucherVoid(voucher=voucher.code)
        case "expired":
            raise VoucherExpired(voucher=voucher.code, valid_until=voucher.valid_until.isoformat())
