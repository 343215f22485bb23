"""A card on another phone: six digits, sent to the address we know, good once and for a short while."""

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from loyalty import clock, ids
from loyalty.errors import Refused
from members import locking
from members.models import SignInCode

VALID = timedelta(minutes=15)
ATTEMPTS = 5
# Three codes guessed at in vain within an hour, and there are no more until it is over: else whoever keeps
# asking for new codes could go on guessing.
GUESSES_PER_HOUR = 3 * ATTEMPTS
# Nobody needs more, and nobody's mailbox is to be filled by others.
CODES_PER_HOUR = 6
# What is older counts for nothing any more, and is forgotten.
KEPT = timedelta(days=1)


class TooManyCodes(Refused):
    code = "too_many_codes"
    sentence = _("Too many codes were asked for, or wrong ones entered. Please try again in an hour.")


def new_code(member):
    """A new code for the member, six digits. Only its hash is kept, for a day; those sent before count no more.

    Writes one row. Raises TooManyCodes after too many of them within an hour, or too many wrong ones.
    """
    now = clock.now()
    lately = SignInCode.objects.filter(member=member, sent_at__gt=now - timedelta(hours=1))
    codes, guesses = lately.aggregate(codes=Count("id"), guesses=Sum("attempts", default=0)).values()
    if codes >= CODES_PER_HOUR or guesses >= GUESSES_PER_HOUR:
        raise TooManyCodes()
    SignInCode.objects.filter(member=member, sent_at__lte=now - KEPT)._raw_delete("default")
    code = f"{secrets.randbelow(10**6):06d}"
    row = SignInCode(id=ids.new(), member=member, expires_at=clock.now() + VALID)
    row.code_hash = _hash(row, code)
    row.save(force_insert=True)
    return code


def check(member, code):
    """Whether this is the code last sent, in time, unused, and at most the fifth attempt. True uses it up.

    Locks the member. The attempt is counted in the transaction of the scope: do not roll it
    back.
    """
    with transaction.atomic():
        # Two at the same moment must count as two attempts, and use a code once.
        locking.lock([member.id])
        row = SignInCode.objects.filter(member=member).order_by("-sent_at", "-id").first()
        if row is None or row.used_at or row.attempts >= ATTEMPTS or clock.now() >= row.expires_at:
            return False
        right = constant_time_compare(_hash(row, "".join(code.split())), row.code_hash)
        if right:
            row.used_at = clock.now()
        else:
            row.attempts += 1
        row.save(update_fields=["used_at", "attempts"])
    return right


def _hash(row, code):
    # Six digits are guessed back from any plain hash; the key of the installation is what keeps them secret.
    return salted_hmac(f"members.signing_in.{row.id.hex}", code, algorithm="sha256").hexdigest()
