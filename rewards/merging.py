"""Two cards are one person's: everything of the one becomes the other's. Rule: docs/rules/moving.md, "Merges"."""

from loyalty.events import recording
from members import merging as people
from members.contacts import moving as contacts
from members.models import Member
from programs import merging as books
from programs.coalition import moving as introductions
from programs.subscriptions import moving as subscriptions
from rewards.gift_cards import moving as gift_cards
from rewards.gifts import moving as gifts
from rewards.models import Redemption, Voucher
from rewards.promotions import moving as promotions

# Whatever else belongs to a member, and moves by itself: each is called with (from_id, into_id), both locked.
MOVERS = (contacts.move, subscriptions.move, introductions.move, gift_cards.move, promotions.move, gifts.move)


def merge(member, into, *, actor="") -> Member:
    """Bring two cards together. Returns the survivor, `into`; the other's ids and cards answer with it from now on.

    Locks both members, then their accounts, each in id order. Raises SameMember, AlreadyMerged, MemberGone
    (members.merging), and Conflict where somebody else merges one of them; nothing is written then.
    """
    old, survivor = people.begin(member, into)
    accounts = books.move(old, survivor, actor=actor)
    _move(old, survivor, accounts)
    for move in MOVERS:
        move(old.id, survivor.id)
    survivor = people.finish(old, survivor)
    recording.record(
        "member.merged", member_id=survivor.id, member=old.public_id, into=survivor.public_id, actor=actor
    )
    return survivor


def _move(old, survivor, accounts):
    """Redemptions, to be cancelled against the survivor's account, where their lots lie now; and vouchers."""
    Redemption.objects.filter(member=old).update(member=survivor)
    for old_id, survivor_id in accounts.items():
        Redemption.objects.filter(account_id=old_id).update(account_id=survivor_id)
    Voucher.objects.filter(member=old).update(member=survivor)
