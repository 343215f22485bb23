"""How often strangers may knock: at the sign-up page, at codes, at what is asked before data leaves.

By the network they come from, and by what they ask about; both the same whether it is known here or not, so that a
refusal tells nothing. A café's guests share one address, and on the first day all of them sign up: networks get
much, single addresses little.
"""

import hashlib
import ipaddress
import math

from allauth.account.adapter import get_adapter
from django.utils.translation import gettext_lazy as _

from loyalty import buckets, tenancy
from loyalty.errors import Refused

HOUR, DAY = 3600, 24 * 3600
# An IPv6 line has a whole /64 to itself: 2 ** 64 addresses, which count as one.
IPV6_LINE = 64


class TooOften(Refused):
    """`seconds` until the next try."""

    code = "too_often"
    sentence = _("These were too many tries. Please try again in %(minutes)s minutes, or ask at the counter.")

    def __init__(self, seconds):
        super().__init__(seconds=seconds, minutes=max(1, math.ceil(seconds / 60)))


def sign_up(request, address: str) -> None:
    """Somebody signs up with an address. Raises TooOften.

    What leaves this installation for one mailbox is limited across all its shops: a list of sign-up pages must not
    serve to bury somebody in mail.
    """
    _take("join", _network(request), size=60, seconds=HOUR / 2)
    _mailbox(address)


def ask_for_code(request, address: str) -> None:
    """Somebody wants a code for an address, known or not. Raises TooOften."""
    _take("ask", _network(request), size=30, seconds=HOUR)
    _take("asked", _digest(address), size=5, seconds=HOUR)
    _mailbox(address)


def enter_code(request, address: str) -> None:
    """Somebody types a code for an address, known or not. Raises TooOften."""
    _take("guess", _network(request), size=60, seconds=HOUR)
    _take("guessed", _digest(address), size=10, seconds=HOUR)


def prove(member) -> None:
    """Somebody says which address belongs to a card. Raises TooOften."""
    _take("prove", member.id.hex, size=10, seconds=HOUR)


def _mailbox(address):
    # A sandbox writes to nobody.
    if not tenancy.merchant().is_sandbox:
        _refuse(buckets.take(f"card:mailbox:{_digest(address)}", size=20, seconds=DAY))


def _take(what, whom, *, size, seconds):
    _refuse(buckets.take(f"card:{what}:{tenancy.merchant_id().hex}:{whom}", size=size, seconds=int(seconds)))


def _refuse(taken):
    if taken is not None and not taken.ok:
        raise TooOften(math.ceil(taken.wait_ms / 1000))


def _network(request):
    address = ipaddress.ip_address(get_adapter(request).get_client_ip(request))
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_LINE), strict=False).network_address)


def _digest(address):
    # Valkey is told no address.
    return hashlib.sha256(address.lower().encode()).hexdigest()[:32]
