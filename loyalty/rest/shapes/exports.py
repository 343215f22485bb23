"""Everything that is held about a member."""

from loyalty.rest.shapes.contacts import Contact
from loyalty.rest.shapes.fields import Answer, Moment
from loyalty.rest.shapes.gift_cards import GiftCard
from loyalty.rest.shapes.members import Consent, Entry, Member
from loyalty.rest.shapes.merchants import Event
from loyalty.rest.shapes.messages import Message
from loyalty.rest.shapes.purchases import Purchase
from loyalty.rest.shapes.rewards import Redemption, Voucher
from loyalty.rest.shapes.subscriptions import KeptSubscription, Seat


class KeptIntroduction(Answer):
    """The name given at the counter of a coalition's partner."""

    partner: str
    name: str
    at: Moment


class Export(Answer):
    """Art. 15 and 20 GDPR. `consents`: every word that was said, not only the latest. `seats`: with other payers."""

    exported_at: Moment
    member: Member
    introductions: list[KeptIntroduction]
    contacts: list[Contact]
    consents: list[Consent]
    entries: list[Entry]
    purchases: list[Purchase]
    redemptions: list[Redemption]
    vouchers: list[Voucher]
    gift_cards: list[GiftCard]
    subscriptions: list[KeptSubscription]
    seats: list[Seat]
    messages: list[Message]
    events: list[Event]
