"""Two cards turn out to be one person's. The members' part of a merge: who survives, what is known, what is allowed.

The whole of it is `rewards/merging.py`. Rule: docs/rules/moving.md, "Merges".
"""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from loyalty.errors import Conflict, Refused
from loyalty.merchants import kept_answers
from members import consents, locking, privacy, referring
from members.contacts import keeping as contacts
from members.models import Member, SignInCode

# What the survivor takes over where it has nothing of its own. An address comes with what it is looked up by.
FILLED = (("name",), ("email", "email_key"), ("phone",), ("birthday",), ("external_id",))
NOTHING = {"name": "", "email": "", "email_key": None, "phone": None, "birthday": None}


class SameMember(Refused):
    code = "same_member"
    sentence = _("Both cards belong to the same guest.")


class AlreadyMerged(Refused):
    code = "already_merged"
    sentence = _("This card was already brought together with another.")


class MemberGone(Refused):
    code = "not_eligible"
    sentence = _("One of the two guests has left. Their card cannot be brought together with another.")


def begin(member, into):
    """Lock both members, and return them as they are then: (who is merged, the survivor).

    Answers that are kept for repeated requests lose what they say of the merged one: it keeps nothing personal.
    Raises SameMember, AlreadyMerged, MemberGone; Conflict where `into` itself was merged meanwhile.
    """
    _refuse(member, into)
    # Before the lock on the members: the counter too has its kept answer first, and then the member.
    kept_answers.forget([member.public_id], privacy.words([member]))
    locking.lock([member.id, into.id], merged_too=True)
    rows = Member.objects.in_bulk([member.id, into.id])
    old, survivor = rows[member.id], rows[into.id]
    _refuse(old, survivor)
    return old, survivor


def finish(old, survivor) -> Member:
    """Let the old row stand for the survivor, with all of its cards; return the survivor as it is then.

    The survivor's own data wins, and its gaps are filled. An external id that finds no place there stays on the old
    row, where it answers with the survivor. Both are locked by `begin`.
    """
    _allow_the_stricter(old, survivor)
    SignInCode.objects.filter(member=old)._raw_delete("default")
    filled = {
        column: getattr(old, column)
        for columns in FILLED if not getattr(survivor, columns[0])
        for column in columns
    }  # fmt: skip
    referring.follow(old, survivor)
    contacts.of(old).update(member=survivor)
    if survivor.referred_by_id is None and old.referred_by_id != survivor.id:
        filled["referred_by"] = old.referred_by_id
    if old.kind == Member.Kind.COMPANY:
        # It has people, who come along.
        filled["kind"] = old.kind
    # The old row first: no two may have the same address, not even for a moment.
    left = NOTHING | ({"external_id": None} if filled.get("external_id") else {})
    Member.objects.filter(id=old.id).update(
        status=Member.Status.MERGED, merged_into=survivor, visits=0, last_visit_at=None, **left
    )
    seen = [at for at in (old.last_visit_at, survivor.last_visit_at) if at]
    first = min((survivor, old), key=lambda row: row.joined_at)
    Member.objects.filter(id=survivor.id).update(
        visits=F("visits") + old.visits, last_visit_at=max(seen, default=None), joined_at=first.joined_at,
        joined_at_location=first.joined_at_location_id, **filled,
    )  # fmt: skip
    return Member.objects.get(id=survivor.id)


def _refuse(member, into):
    if member.id == into.id:
        raise SameMember(member=member.public_id)
    if member.status == Member.Status.MERGED:
        raise AlreadyMerged(member=member.public_id)
    if into.status == Member.Status.MERGED:
        # Asked for again, it is the survivor who is found.
        raise Conflict()
    for row in (member, into):
        if row.status == Member.Status.ERASED:
            raise MemberGone(member=row.public_id)


def _allow_the_stricter(old, survivor):
    """Of each purpose only what both have allowed; confirmed only where both have confirmed it.

    Who has said nothing has not allowed it. The old row's own consents end: it is nobody any more.
    """
    said = consents.current_of([old, survivor])
    evidence = {"source": "merge", "member": old.public_id}
    for purpose in said[old.id].keys() | said[survivor.id].keys():
        theirs, held = said[old.id].get(purpose), said[survivor.id].get(purpose)
        both = [word for word in (theirs, held) if word is not None and word.given]
        if len(both) < 2:
            consents.withdraw(survivor, purpose, evidence=evidence)
        elif held.confirmed and not theirs.confirmed:
            consents.give(survivor, purpose, confirmed=False, evidence=evidence)
        if theirs is not None:
            consents.withdraw(old, purpose, evidence=evidence | {"member": survivor.public_id})
