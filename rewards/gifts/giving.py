"""A voucher is offered to a friend, taken back, or accepted. Rule: docs/rules/vouchers.md, "Giving a voucher on"."""

from django.db import transaction

from loyalty import clock, ids
from loyalty.errors import Invalid, NotFound
from loyalty.events import recording
from members import addresses, finding, locking
from members.models import Member
from programs import enrolling
from rewards import codes, vouchers
from rewards.gifts.models import VoucherGift
from rewards.gifts.refusals import AlreadyOffered, GiftGone, GiverUnknown, NotOffered, NotTransferable
from rewards.models import Voucher


def offer(voucher, *, to_email, actor="") -> VoucherGift:
    """Offer a voucher to whoever owns an e-mail address. Until it is accepted it stays the giver's, who may use it.

    Locks the giver, then the voucher. Raises NotTransferable, GiverUnknown, AlreadyOffered, Invalid, and what makes a
    voucher unusable.
    """
    email = _address(to_email)
    if voucher.member_id is None:
        raise GiverUnknown(voucher=voucher.code)
    locking.lock([voucher.member_id])
    voucher = vouchers.lock([voucher])[voucher.id]
    giver = voucher.member
    if not voucher.reward.transferable:
        raise NotTransferable(voucher=voucher.code)
    if giver.status != Member.Status.ACTIVE or not giver.email or giver.email.lower() == email.lower():
        raise GiverUnknown(voucher=voucher.code)
    vouchers.refuse_unusable(voucher, actor=actor)
    if of_voucher(voucher) is not None:
        raise AlreadyOffered(voucher=voucher.code)
    gift = VoucherGift.objects.create(voucher=voucher, giver=giver, to_email=email)
    _tell("voucher.offered", gift)
    return gift


def of_voucher(voucher) -> VoucherGift | None:
    """The offer of a voucher that waits to be accepted, if there is one."""
    rows = VoucherGift.objects.filter(voucher=voucher, status=VoucherGift.Status.OFFERED)
    return rows.select_related("giver").first()


def take_back(voucher) -> VoucherGift:
    """End the offer of a voucher. Locks the giver. Raises NotOffered, also when it was accepted just now."""
    gift = of_voucher(voucher)
    if gift is None:
        raise NotOffered(voucher=voucher.code)
    locking.lock([gift.giver_id])
    if not _close(gift, VoucherGift.Status.TAKEN_BACK):
        raise NotOffered(voucher=voucher.code)
    _tell("voucher.taken_back", gift)
    return gift


def find(gift_id) -> VoucherGift:
    """An offer that can be accepted now, with its voucher and giver. Raises NotFound, GiftGone."""
    rows = VoucherGift.objects.select_related("giver", "voucher__reward")
    gift = rows.filter(id=gift_id).first()
    if gift is None:
        raise NotFound()
    _refuse_gone(gift)
    return gift


def receiver(gift) -> Member | None:
    """Who has the address that the link went to, or None for nobody yet."""
    try:
        return finding.find(email=gift.to_email)
    except NotFound:
        return None


@transaction.atomic
def accept(gift, *, name="", language=None) -> Member:
    """The owner of the address takes the voucher, under a new code: the old one is known to the giver.

    Who is no member yet becomes one, brought by the giver; name: theirs. Locks both members, then the voucher.
    Raises GiftGone, Invalid; nothing is written then, and nobody became a member.
    """
    gift = find(gift.id)
    evidence = {"source": "gift", "at": clock.now().isoformat()}
    member = receiver(gift) or enrolling.join(
        name=name,
        email=gift.to_email,
        language=language,
        evidence=evidence,
        referred_by=gift.giver,
        source="gift",
    )
    locking.lock([gift.giver_id, member.id])
    gift = find(gift.id)
    voucher = vouchers.lock([gift.voucher])[gift.voucher_id]
    _refuse_gone(gift, voucher)
    if member.id == gift.giver_id or not _close(gift, VoucherGift.Status.ACCEPTED, receiver=member):
        raise GiftGone()
    Voucher.objects.filter(id=voucher.id).update(member=member, code=codes.new(), held_until=None, held_by="")
    _tell("voucher.accepted", gift, receiver=member.public_id)
    return member


def _refuse_gone(gift, voucher=None):
    voucher = voucher or gift.voucher
    is_theirs = voucher.member_id == gift.giver_id
    if gift.status != VoucherGift.Status.OFFERED or not is_theirs or vouchers.status(voucher) != "open":
        raise GiftGone()


def _close(gift, status, **columns):
    """Whether it was open until now: one statement decides who comes first."""
    waiting = VoucherGift.objects.filter(id=gift.id, status=VoucherGift.Status.OFFERED)
    return waiting.update(status=status, closed_at=clock.now(), to_email="", **columns) == 1


def _address(text):
    try:
        return addresses.email(text)
    except Invalid as refusal:
        raise Invalid({"to_email": refusal.facts["field_errors"]["email"]}) from None


def _tell(kind, gift, **more):
    """News of a gift: by its id, and never by its voucher's code, which is as good as money."""
    recording.record(
        kind, member_id=gift.giver_id, gift=gift.public_id, member=ids.public("mem", gift.giver_id), **more
    )
