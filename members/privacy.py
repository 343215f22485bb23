"""A member's right to be forgotten. The books stay balanced: they know the member by its id alone."""

from django.db import transaction

from loyalty import clock
from loyalty.errors import Conflict
from loyalty.merchants import kept_answers
from members import consents, finding, locking
from members.contacts.models import Contact
from members.models import CardToken, Member, SignInCode

# What other parts keep of members and forget with them: each is called with their ids, in the same transaction.
FORGETTERS: list = []


def erase(member):
    """Take away what tells who this was, and revoke the cards. Returns the erased Member. Again: no change.

    What was merged into the member goes with it. Balances, purchases and entries stay, under a number without
    a name. Consents become withdrawn, and keep their dates as the proof that the law asks for. Answers that are
    kept for repeated requests lose what they say of the member. Locks the members in id order.
    Raises Conflict when the member is merged at the same moment: it is the survivor who has to be erased then.
    Rule: Art. 17 GDPR, with Art. 17 (3) (b) and (e).
    """
    with transaction.atomic():
        everyone = finding.everyone(member)
        rows = list(Member.objects.filter(id__in=everyone))
        # Before the lock on the members: the counter too has its kept answer first, and then the member.
        kept_answers.forget([row.public_id for row in rows], words(rows))
        locking.lock(everyone, merged_too=True)
        if finding.everyone(member) != everyone or finding.survivor(_again(member)).id != member.id:
            raise Conflict()
        for row in rows:
            for purpose, held in consents.current(row).items():
                if held.given:
                    consents.withdraw(row, purpose, evidence={"source": "erasure"})
        for forget in FORGETTERS:
            forget(everyone)
        Member.objects.filter(id__in=everyone).update(
            name="", email="", email_key=None, phone=None, birthday=None, external_id=None
        )
        Member.objects.filter(id=member.id).update(status=Member.Status.ERASED)
        SignInCode.objects.filter(member__in=everyone)._raw_delete("default")
        living = CardToken.objects.filter(
            merchant=member.merchant_id, member_id__in=everyone, revoked_at__isnull=True
        )
        living.update(revoked_at=clock.now())
    return _again(member)


def _again(member):
    return Member.objects.get(id=member.id)


def words(rows):
    """All by which somebody could be known, as it stands in answers."""
    for row in rows:
        yield from (row.name, row.email, row.phone, row.external_id)
        yield row.birthday.isoformat() if row.birthday else ""
    for contact in Contact.objects.filter(member__in=rows):
        yield from (contact.name, contact.email, contact.phone)
    cards = CardToken.objects.filter(merchant=rows[0].merchant_id, member_id__in=[row.id for row in rows])
    yield from cards.values_list("token", flat=True)
