"""A member's data changes. What was allowed for the old address is not allowed for the new one."""

from django.db import IntegrityError, transaction

from loyalty import tenancy
from loyalty.errors import Conflict, NotFound
from members import consents, details, locking, uniqueness
from members.models import Consent, Member

FIELDS = ("kind", "name", "email", "phone", "birthday", "language", "external_id")
# The consent that hangs on a column's value.
CONSENT_FOR = {"email_key": Consent.Purpose.EMAIL_MARKETING, "phone": Consent.Purpose.SMS_MARKETING}


def change(member, **fields):
    """Change some of kind, name, email, phone, birthday, language, external_id; an empty text takes a value away.

    Returns the member as it is then. Locks its row. Raises Invalid, AlreadyMember where a value is another's,
    NotFound for a member that was merged or erased.
    """
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"a member has no {', '.join(sorted(unknown))} to change")
    merchant = tenancy.merchant()
    columns = details.clean(fields, country=merchant.country, timezone=merchant.timezone)
    with transaction.atomic():
        locking.lock([member.id])
        held = Member.objects.get(id=member.id)
        if held.status != Member.Status.ACTIVE:
            raise NotFound(id=held.public_id)
        changed = {column: value for column, value in columns.items() if getattr(held, column) != value}
        for column, value in changed.items():
            setattr(held, column, value)
        if changed:
            _save(held, changed)
            _ask_again(held, changed)
    return held


def _save(member, changed):
    try:
        with transaction.atomic():
            member.save(update_fields=list(changed))
    except IntegrityError as error:
        column = uniqueness.broken(error)
        # The owner may just have given the value up: then trying again helps.
        raise (uniqueness.refusal(column, changed[column]) or Conflict()) from None


def _ask_again(member, changed):
    for column in changed.keys() & CONSENT_FOR.keys():
        purpose = CONSENT_FOR[column]
        if consents.allows(member, purpose):
            evidence = {"source": "address_changed"}
            consents.give(member, purpose, confirmed=False, evidence=evidence)
