"""Double opt-in: whoever ticked a consent gets a mail, and follows its link to show that the address is theirs."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import links, messages
from campaigns.campaign import Campaign
from campaigns.letters import Button, Letter
from campaigns.links import Link
from campaigns.models import Message
from campaigns.unsubscribing import Subscription
from loyalty import clock, tenancy
from loyalty.errors import NotFound, Refused
from loyalty.events.models import Event
from members import consents, finding
from members.models import Consent, Member

# Each link confirms whatever waits, so that more of them within a day would only fill a mailbox, perhaps a stranger's.
MAILS_PER_DAY = 3


class AddressChanged(Refused):
    code = "address_changed"
    sentence = gettext_lazy("This link was sent to another address. Please ask for a new one on your card.")


def url(member: Member, purpose=Consent.Purpose.EMAIL_MARKETING) -> str:
    """The address of the confirmation. It holds for the e-mail address it was made for, and no other."""
    return f"{settings.PUBLIC_URL}/confirm/{links.sign('confirm', _link(member, purpose))}/"


def ask(member: Member, purpose=Consent.Purpose.EMAIL_MARKETING):
    """Send the link for a consent that was ticked and not confirmed: once for each time it was ticked.

    Returns the Message, or None where there is nothing to confirm, or no address, or the welcome will ask, or enough
    such mails were written since yesterday.
    """
    held = consents.current(member).get(purpose)
    if not member.email or held is None or not held.given or held.confirmed:
        return None
    if _will_be_welcomed(member) or _was_asked_enough(member):
        return None
    return messages.send_now(CAMPAIGN, member, occasion=f"consent:{held.id.hex}", confirm=True)


def confirm(token: str) -> Subscription:
    """Follow the link; a second time changes nothing. Opens the merchant's scope.

    Raises NotFound, AddressChanged, and consents.NothingToConfirm when it was withdrawn in the meantime.
    """
    link = links.read("confirm", token)
    with tenancy.scope(link.merchant):
        member = finding.find(id=f"mem_{link.member_id.hex}")
        if member.status != Member.Status.ACTIVE:
            raise NotFound()
        if link.proof != _proof(member):
            raise AddressChanged()
        evidence = {"source": "double-opt-in", "at": clock.now().isoformat()}
        consents.confirm(member, link.purpose, evidence)
        return Subscription(tenancy.merchant(), member, link.purpose, active=True)


def _will_be_welcomed(member):
    return Event.objects.filter(kind="member.joined", member_id=member.id, relayed_at=None).exists()


def _was_asked_enough(member):
    lately = Message.objects.filter(
        member=member, campaign=CAMPAIGN.name, created_at__gt=clock.now() - timedelta(days=1)
    )
    return lately.count() >= MAILS_PER_DAY


def waiting(member_ids: Iterable[UUID], purpose=Consent.Purpose.EMAIL_MARKETING) -> set[UUID]:
    """Of many members, those whose consent waits for its confirmation."""
    said = consents.latest().filter(member__in=list(member_ids), purpose=purpose)
    return {consent.member_id for consent in said if consent.given and not consent.confirmed}


def write(to, figures):
    shop = {"shop": to.sender.name}
    return Letter(
        subject=_("Please confirm your address for %(shop)s") % shop,
        headline=f"{to.greeting}.",
        paragraphs=(
            _("You asked for news from %(shop)s by e-mail. One click confirms that this address is yours.")
            % shop,
            _("If it was not you, you need not do anything: without the click nothing is sent."),
        ),
        button=Button(_("Yes, send me news"), to.confirm_url),
    )


def _link(member, purpose):
    return Link(member.merchant_id, member.id, purpose, _proof(member))


def _proof(member):
    return hashlib.sha256(member.email.strip().lower().encode()).digest()[:6]


CAMPAIGN = Campaign("confirmation", write, at_once=True)
