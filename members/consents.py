"""What members allow. Each word – given, confirmed, withdrawn – is a row with its evidence; the latest holds.

Rule: Art. 7 GDPR (proof, and withdrawal as easy as giving), § 7 UWG (news by mail or text only on confirmed
consent).
"""

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused
from members import locking
from members.models import Consent

# Someone else's address is easily typed: consent to use it counts once its owner has followed the link in the
# mail.
CONFIRMED_BY_ITS_OWNER = {Consent.Purpose.EMAIL_MARKETING, Consent.Purpose.SMS_MARKETING}


class NothingToConfirm(Refused):
    code = "nothing_to_confirm"
    sentence = _("This consent was withdrawn or never given. Please give it again.")


def give(member, purpose, *, confirmed, evidence):
    """Record that a member allowed a purpose. confirmed: its owner is known to have said so (double opt-in).

    evidence: how we know, JSON-ready: {"source", "text", "at", "ip" …}. Returns the Consent. Writes one row,
    locks none.
    """
    return _say(member, purpose, given=True, confirmed=confirmed, evidence=evidence)


def confirm(member, purpose, evidence):
    """Record that the owner of the address confirmed. Again: no change, since mail programs follow links too.

    Returns the Consent that holds. Locks the member.
    Raises NothingToConfirm if none was given, or it was withdrawn since.
    """
    # One after the other with a withdrawal, which must not be overtaken by a look from before it.
    locking.lock([member.id])
    held = current(member).get(purpose)
    if held is None or not held.given:
        raise NothingToConfirm(purpose=str(purpose))
    if held.confirmed:
        return held
    return _say(member, purpose, given=True, confirmed=True, evidence=evidence)


def withdraw(member, purpose, *, evidence):
    """Record that a member takes a consent back, or objects before giving one. Again: no change.

    Locks the member.
    """
    locking.lock([member.id])
    held = current(member).get(purpose)
    if held is not None and not held.given:
        return held
    return _say(member, purpose, given=False, confirmed=True, evidence=evidence)


def current(member):
    """The word that holds on each purpose the member has spoken on: {purpose: Consent}."""
    return current_of([member])[member.id]


def current_of(members):
    """The same for many members, in one query: {member.id: {purpose: Consent}}."""
    found = {member.id: {} for member in members}
    for consent in latest().filter(member__in=list(found)):
        found[consent.member_id][consent.purpose] = consent
    return found


def allows(member, purpose):
    """Whether the purpose may be served now: given, confirmed, and not withdrawn since."""
    held = current(member).get(purpose)
    return held is not None and held.given and held.confirmed


def latest():
    """A query of the latest word of each member on each purpose.

    Filter it by member or purpose only: a filter on `given` would dig out words that no longer hold.
    """
    # Ids are ordered by time, and decide where a sandbox's clock stood still.
    return Consent.objects.order_by("member", "purpose", "-at", "-id").distinct("member", "purpose")


def _say(member, purpose, *, given, confirmed, evidence):
    return Consent.objects.create(
        member=member,
        purpose=Consent.Purpose(purpose),
        given=given,
        confirmed=confirmed,
        evidence=evidence or {},
    )
