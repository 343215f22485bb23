"""What the links in letters carry: who may do what, signed. No query and no session is needed to read one."""

import base64
import binascii
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.core import signing

from loyalty.errors import NotFound
from loyalty.merchants.models import Merchant
from members.models import Consent

# One byte each, so that links stay short.
_PURPOSES = {
    Consent.Purpose.EMAIL_MARKETING: b"e",
    Consent.Purpose.SMS_MARKETING: b"s",
    Consent.Purpose.PROFILING: b"p",
}
_BY_BYTE = {byte: purpose for purpose, byte in _PURPOSES.items()}


@dataclass(frozen=True)
class Link:
    """What a link says: of which merchant, which member, and for what purpose. proof: what else was signed."""

    merchant_id: UUID
    member_id: UUID
    purpose: Consent.Purpose
    proof: bytes = b""

    @property
    def merchant(self) -> Merchant:
        """Raises NotFound when there is no such merchant any more."""
        merchant = Merchant.objects.filter(id=self.merchant_id).first()
        if merchant is None:
            raise NotFound()
        return merchant


def sign(kind: str, link: Link) -> str:
    """A link as a token for a URL. A token of one kind is none of another."""
    said = link.merchant_id.bytes + link.member_id.bytes + _PURPOSES[link.purpose] + link.proof
    return _signer(kind).sign(base64.urlsafe_b64encode(said).decode().rstrip("="))


def read(kind: str, token: str) -> Link:
    """What a token says. Raises NotFound for one that we did not sign: it names nothing."""
    try:
        text = _signer(kind).unsign(token)
        said = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return Link(UUID(bytes=said[:16]), UUID(bytes=said[16:32]), _BY_BYTE[said[32:33]], said[33:])
    except (signing.BadSignature, binascii.Error, ValueError, KeyError):
        raise NotFound() from None


@cache
def _signer(kind):
    return signing.Signer(salt=f"campaigns.links.{kind}", sep=".")
