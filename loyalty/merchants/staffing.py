"""The people who work here: who they are, what they may, and the PIN they use at the counter."""

import re
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from loyalty import clock, tenancy
from loyalty.errors import Invalid, Refused
from loyalty.merchants import accounts, auditing
from loyalty.merchants.models import Membership, Staff

PIN = re.compile(r"[0-9]{4,6}")

# PINs that a stranger tries first.
GUESSED = {"0000", "1111", "1234", "12345", "123456", "4321", "2580", "000000", "111111"}

SIGNS_IN = (Staff.Role.OWNER, Staff.Role.MANAGER)


class OnlyOwners(Refused):
    code = "only_owners"
    sentence = _("Only an owner can make somebody the owner, or change an owner.")


class LastOwner(Refused):
    code = "last_owner"
    sentence = _("Somebody has to own the shop. Make another person the owner first.")


def present() -> list[Staff]:
    """Who works here now: owners first, then by name."""
    order = {role: place for place, role in enumerate(Staff.Role.values)}
    return sorted(
        Staff.objects.filter(left_at__isnull=True), key=lambda who: (order[who.role], who.name.lower())
    )


def find(public_id: str) -> Staff:
    """The person with this id, also one who has left. Raises NotFound."""
    return Staff.objects.by_public_id(Staff.prefix, public_id)


def by_id(staff_id: UUID) -> Staff:
    """The person of a membership. Raises Staff.DoesNotExist."""
    return Staff.objects.get(id=staff_id)


@transaction.atomic
def add(*, name: str, role: str, pin: str = "", email: str = "", actor: str) -> Staff:
    """Add a person. Owners and managers also sign in: for them `email` makes the membership.

    Raises Invalid with errors for name, role, pin, email.
    """
    _check(name=name, role=role, pin=pin, email=email)
    person = Staff(name=name.strip(), role=role)
    if pin:
        person.set_pin(pin)
    person.save(force_insert=True)
    if role in SIGNS_IN:
        _let_sign_in(person, email)
    auditing.record(actor, "staff.added", person.public_id, role=role)
    return person


def set_pin(person: Staff, pin: str, *, actor: str) -> None:
    """Give a person a PIN of four to six digits, and lift the lock that wrong ones set. Raises Invalid."""
    _check(name=person.name, role=person.role, pin=pin or "-", email="-")
    _give_pin(person, pin, actor)


@transaction.atomic
def change(person: Staff, *, name: str, role: str, email: str = "", pin: str = "", actor: str) -> None:
    """Rename a person, give another role, or a new PIN; an empty one stays as it is.

    Locks the merchant's owners where one stops to be one. Raises Invalid, LastOwner; then nothing is changed.
    """
    signs_in_already = _memberships(person).exists()
    _check(name=name, role=role, pin=pin, email=email or ("-" if signs_in_already else ""))
    if person.role == Staff.Role.OWNER and role != Staff.Role.OWNER:
        _refuse_last_owner(person)
    if role not in SIGNS_IN:
        _memberships(person).delete()
    elif not signs_in_already:
        _let_sign_in(person, email)
    person.name, person.role = name.strip(), role
    person.save(update_fields=["name", "role"])
    if pin:
        _give_pin(person, pin, actor)
    auditing.record(actor, "staff.changed", person.public_id, role=role)


def leave(person: Staff, *, actor: str) -> None:
    """End a person's work here: the PIN no longer counts. What they booked stays theirs.

    The membership stays, so that it can be taken back; who has left is refused at the door.
    Locks the merchant's owners. Raises LastOwner.
    """
    if person.role == Staff.Role.OWNER:
        _refuse_last_owner(person)
    person.left_at = clock.now()
    person.save(update_fields=["left_at"])
    auditing.record(actor, "staff.left", person.public_id)


def come_back(person: Staff, *, actor: str) -> None:
    """Take back a leaving: role, PIN and sign-in are as they were."""
    person.left_at = None
    person.save(update_fields=["left_at"])
    auditing.record(actor, "staff.came_back", person.public_id)


def _check(*, name: str, role: str, pin: str, email: str) -> None:
    wrong: dict[str, list[object]] = {}
    if not name.strip():
        wrong["name"] = [_("Please write a name.")]
    if role not in Staff.Role.values:
        wrong["role"] = [_("Please choose what this person may do.")]
    if pin and not PIN.fullmatch(pin):
        wrong["pin"] = [_("A PIN has four to six digits.")]
    elif pin in GUESSED:
        wrong["pin"] = [_("This PIN is guessed first. Please choose another.")]
    if role in SIGNS_IN and not email:
        wrong["email"] = [_("Who signs in needs an e-mail address.")]
    if wrong:
        raise Invalid(wrong)


def _give_pin(person: Staff, pin: str, actor: str) -> None:
    person.set_pin(pin)
    person.failed_pins, person.locked_until = 0, None
    person.save(update_fields=["pin_hash", "failed_pins", "locked_until"])
    auditing.record(actor, "staff.pin_set", person.public_id)


def _refuse_last_owner(person: Staff) -> None:
    # The rows are locked, so that two owners cannot remove each other at the same moment.
    owners = (
        Staff.objects.select_for_update().filter(role=Staff.Role.OWNER, left_at__isnull=True).order_by("id")
    )
    if not [owner for owner in owners if owner.id != person.id]:
        raise LastOwner()


def _memberships(person: Staff) -> models.QuerySet[Membership]:
    return Membership.objects.filter(merchant=tenancy.merchant(), staff_id=person.id)


def _let_sign_in(person: Staff, email: str) -> None:
    user = accounts.for_address(email)
    taken = Membership.objects.filter(user=user, merchant=tenancy.merchant()).first()
    if taken:
        raise Invalid({"email": [_("Somebody here signs in with this address already.")]})
    Membership.objects.create(user=user, merchant=tenancy.merchant(), staff_id=person.id)
