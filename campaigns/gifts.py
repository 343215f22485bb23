"""A voucher for a friend: the link goes out, and the giver hears that it was accepted.

Who wants it holds the link: it is signed, and went to the friend's address alone.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from campaigns import letters, messages
from campaigns.campaign import Campaign
from campaigns.letters import Button, Letter, Notice
from loyalty import ids, sealing
from loyalty.errors import NotFound
from loyalty.merchants.models import Merchant
from rewards.gifts.models import VoucherGift

_SIGNER = signing.Signer(salt="campaigns.gifts", sep=".")


def send(gift: VoucherGift):
    """Send the link of a gift to the friend's address. Returns the Message.

    Until it has left, the address, the giver's name and the link are sealed, afterwards forgotten.
    """
    return messages.send_now(
        OFFER, gift.giver, occasion=gift.public_id, friend=sealing.seal(gift.to_email), gift=gift.public_id,
        reward=gift.voucher.reward.name, giver=sealing.seal(gift.giver.name),
        link=sealing.seal(token(gift.merchant_id, gift.id)),
    )  # fmt: skip


def thank(gift: VoucherGift):
    """Tell the giver that a gift was accepted."""
    return messages.send_now(THANKS, gift.giver, occasion=gift.public_id, reward=gift.voucher.reward.name)


def token(merchant_id: UUID, gift_id: UUID) -> str:
    return _SIGNER.sign(f"{merchant_id.hex}{gift_id.hex}")


def read(text: str) -> tuple[Merchant, UUID]:
    """Of which merchant, and which gift, a link is. Raises NotFound for one that we did not sign."""
    try:
        said = _SIGNER.unsign(text)
    except signing.BadSignature:
        raise NotFound() from None
    merchant = Merchant.objects.filter(id=UUID(said[:32])).first()
    if merchant is None:
        raise NotFound()
    return merchant, UUID(said[32:])


def outdated(waiting):
    """A link to a gift that was taken back or accepted meanwhile leads nowhere."""
    wanted = {message.id: ids.parse(VoucherGift.prefix, message.figures["gift"]) for message in waiting}
    offered = VoucherGift.objects.filter(id__in=wanted.values(), status=VoucherGift.Status.OFFERED)
    there = set(offered.values_list("id", flat=True))
    return {key: "the gift is gone" for key, gift_id in wanted.items() if gift_id not in there}


def write_offer(to, figures):
    facts = {
        "giver": sealing.unseal(figures["giver"]) or _("Somebody"), "reward": figures["reward"],
        "shop": to.sender.name,
    }  # fmt: skip
    url = f"{settings.PUBLIC_URL}/gift/{sealing.unseal(figures['link'])}/"
    return Letter(
        subject=_("A gift for you from %(shop)s") % facts,
        headline=_("A gift for you."),
        paragraphs=(
            _("%(giver)s gives you something from %(shop)s: %(reward)s.") % facts,
            _("Accept it, and it stands on a card of your own, to be shown at the counter."),
        ),
        notice=Notice(
            _("You do not want it?"),
            _("Then you need not do anything. You hear nothing more of it."),
        ),
        button=Button(_("Look at the gift"), url),
    )


def write_thanks(to, figures):
    return Letter(
        subject=_("Your gift was accepted"),
        headline=f"{to.greeting}.",
        paragraphs=(_("Your gift has arrived: %(reward)s. Thank you for passing it on.") % figures,),
        button=letters.card_button(to),
    )


OFFER = Campaign("voucher_gift", write_offer, at_once=True, secret=True, outdated=outdated)
THANKS = Campaign("voucher_gift_accepted", write_thanks)
