"""A letter gets its address: name, links and language are read when it is sent, and never kept with the message."""

from collections.abc import Iterable

from django.conf import settings
from django.utils import translation

from campaigns import confirming, letters, registry, rendering, unsubscribing
from campaigns.letters import Addressee, Sender
from campaigns.mime import Mail
from campaigns.models import Message
from loyalty import clock, sealing
from loyalty.merchants.models import Merchant
from members import finding
from members.models import Consent


def sender(merchant: Merchant) -> Sender:
    """The merchant as letters show it."""
    return Sender(
        name=merchant.name,
        email=merchant.email,
        tagline=merchant.tagline,
        contact_name=merchant.contact_name,
        legal_line=", ".join(part for part in (merchant.legal_name, merchant.legal_address) if part),
        imprint_url=merchant.imprint_url,
        privacy_url=merchant.privacy_url,
        timezone=merchant.timezone,
        informal=merchant.informal,
        colours=merchant.palette["light"],
    )


def addressees(merchant: Merchant, messages: Iterable[Message], members: dict, consents: dict) -> dict:
    """The addressee of each message, by its id. members, consents: by member id. One query, for the cards."""
    cards = finding.cards_of(members.values())
    shop = sender(merchant)
    return {
        message.id: _addressee(
            shop, message, members[message.member_id], cards, consents.get(message.member_id)
        )
        for message in messages
    }


def mail(message: Message, to: Addressee) -> Mail:
    """The finished mail, in the addressee's language. Its Message-ID is the message's: always the same."""
    campaign = registry.BY_NAME[message.campaign]
    with translation.override(to.language):
        letter = campaign.write(to, message.figures)
        html, text = rendering.render(letter, to)
    address = settings.DEFAULT_FROM_EMAIL
    return Mail(
        id=message.public_id,
        domain=address.rpartition("@")[2],
        sender_name=to.sender.name,
        sender=address,
        to=to.email,
        reply_to=to.sender.email,
        subject=letter.subject,
        html=html,
        text=text,
        at=clock.now(),
        headers=_headers(to),
    )


def _addressee(shop, message, member, cards, consent):
    promotional = registry.BY_NAME[message.campaign].is_promotional
    language = "de-du" if message.language == "de" and shop.informal else message.language
    card = cards.get(member.id)
    if "friend" in message.figures:
        # A gift's letter goes to somebody else: nothing of the giver's card stands in it.
        friend = sealing.unseal(message.figures["friend"])
        return Addressee(shop, "", friend, language, card_url="", is_friend=True)
    return Addressee(
        sender=shop,
        name=member.name,
        email=member.email,
        language=language,
        card_url=finding.card_url(card) if card else settings.PUBLIC_URL,
        unsubscribe_url=unsubscribing.url(member) if promotional else "",
        consent_on=letters.long_day(letters.local(consent.at, shop.timezone), language) if consent else "",
        confirm_url=confirming.url(member, Consent.Purpose.EMAIL_MARKETING)
        if message.figures.get("confirm")
        else "",
    )


def _headers(to):
    headers = {"Auto-Submitted": "auto-generated"}
    if to.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{to.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers
