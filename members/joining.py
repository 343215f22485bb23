"""Someone becomes a member: with a number, a card, and what they allow."""

import secrets
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loyalty import clock, ids, tenancy
from loyalty.errors import Conflict, Invalid, Refused
from loyalty.tenancy import bulk
from members import details, finding, referring, uniqueness
from members.consents import CONFIRMED_BY_ITS_OWNER
from members.models import CardToken, Consent, Member
from members.uniqueness import AlreadyMember

__all__ = ["AlreadyMember", "Joined", "register", "register_many"]

NUMBER_DIGITS = 8
# With ten million members a random number is taken one time in ten; twenty misses in a row do not happen.
ATTEMPTS = 20


@dataclass(frozen=True)
class Joined:
    """One row of a batch that is a member now. is_repeat: it was one before, by the same external_id."""

    member: Member
    is_repeat: bool


def register(
    *, name="", email="", phone="", birthday=None, language=None, external_id=None, location=None, at=None,
    consents=(), evidence=None, referred_by=None, kind="person",
):  # fmt: skip
    """Make a member with a number and a card, in the merchant in scope. Returns the Member.

    phone: as dialled in the merchant's country, or with a country code. language: default the merchant's.
    consents: [{"purpose", "given", "confirmed"?}]; what is not confirmed waits for the link in the mail.
    evidence: how the consents are known, JSON-ready. at: when they joined; default: now.
    kind: "person" or "company". referred_by: the Member who brought them. Locks nothing. Raises Invalid, and
    AlreadyMember (`.member`) where e-mail, phone or external_id is taken.
    """
    columns = _columns(
        {"kind": kind, "name": name, "email": email, "phone": phone, "birthday": birthday, "external_id": external_id},
        language, location, at,
    ) | referring.columns(referred_by)  # fmt: skip
    said = _consents(consents)
    with transaction.atomic():
        member = _insert(columns)
        CardToken.objects.create(**_card(member))
        _record([(member, said, evidence)])
    return member


def register_many(rows, *, location=None):
    """Make many members in a few statements. rows: dicts of arguments of `register`, up to some ten thousand.

    Returns one Joined or Refused for each, in order: bad rows do not stop good ones. A known external_id, in
    the database or earlier in the batch, is a repeat and changes nothing. Raises Conflict if others join
    meanwhile, again and again.
    """
    for _attempt in range(ATTEMPTS):
        results, new = _sort_out(rows, location)
        try:
            with transaction.atomic():
                _insert_many(new)
        except IntegrityError as error:
            # Somebody joined between our look and our writing. Looking again tells who.
            uniqueness.broken(error)
            continue
        return results
    raise Conflict()


def _columns(fields, language, location, at):
    merchant = tenancy.merchant()
    fields |= {"language": language or merchant.language}
    columns = details.clean(fields, country=merchant.country, timezone=merchant.timezone)
    columns |= {"timezone": merchant.timezone, "joined_at": at or clock.now()}
    return columns | {"joined_at_location_id": location and location.id}


def _insert(columns):
    # No look beforehand: of two who join at the same moment, the constraint lets one pass and not the other.
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return Member.objects.create(number=_number(), **columns)
        except IntegrityError as error:
            column = uniqueness.broken(error)
        if column != "number" and (taken := uniqueness.refusal(column, columns[column])):
            raise taken
    raise Conflict()


def _number():
    return f"{secrets.randbelow(10**NUMBER_DIGITS):0{NUMBER_DIGITS}d}"


def _card(member):
    return {"token": secrets.token_urlsafe(16), "merchant_id": member.merchant_id, "member_id": member.id}


def _consents(rows):
    """The consents, checked: [(purpose, given, confirmed)]. A no is written down like a yes."""
    known = Consent.Purpose.values
    sentence = _("There is no such purpose. There are: %(known)s.") % {"known": ", ".join(known)}
    strange = [number for number, row in enumerate(rows) if row["purpose"] not in known]
    if strange:
        raise Invalid({f"consents.{number}.purpose": [sentence] for number in strange})
    return [(row["purpose"], row["given"], not row["given"] or _is_confirmed(row)) for row in rows]


def _is_confirmed(row):
    return row.get("confirmed", row["purpose"] not in CONFIRMED_BY_ITS_OWNER)


def _record(new):
    """Write the consents of new members: [(member, [(purpose, given, confirmed)], evidence)]."""
    now = clock.now()
    rows = [
        (ids.new(), member.id, *consent, now, evidence or {})
        for member, said, evidence in new
        for consent in said
    ]
    bulk.insert(Consent, ("id", "member", "purpose", "given", "confirmed", "at", "evidence"), rows)


def _sort_out(rows, location):
    """Which rows are new, repeated or refused: ([Joined|Refused], [(new member, its consents, evidence)])."""
    cleaned = [_cleaned(row, location) for row in rows]
    known = _known([columns for columns, _said in cleaned if not isinstance(columns, Refused)])
    results, new = [], []
    numbers = _numbers(len(rows))
    for row, (columns, said) in zip(rows, cleaned, strict=True):
        result = columns if isinstance(columns, Refused) else _clash(columns, known)
        if result is None:
            member = Member(number=numbers.pop(), **columns)
            known |= {(column, columns[column]): member for column in uniqueness.UNIQUE if columns[column]}
            new.append((member, said, row.get("evidence")))
            result = Joined(member, is_repeat=False)
        results.append(result)
    return results, new


def _cleaned(row, location):
    """(columns, consents) of a row, or (Refused, None)."""
    fields = {field: row.get(field) for field in ("name", "email", "phone", "birthday", "external_id")}
    fields["kind"] = row.get("kind", "person")
    try:
        said = _consents(row.get("consents", ()))
        columns = _columns(fields, row.get("language"), location, row.get("at"))
        return columns | referring.columns(row.get("referred_by")), said
    except Refused as refusal:
        return refusal, None


def _known(cleaned):
    """Who has one of the values already: {(column, value): Member}."""
    known = {}
    for column in uniqueness.UNIQUE:
        values = {columns[column] for columns in cleaned} - {None}
        if values:
            owners = Member.objects.filter(**{f"{column}__in": values})
            known |= {(column, getattr(owner, column)): owner for owner in owners}
    return known


def _clash(columns, known):
    """The Joined of a repeat, the AlreadyMember of an address that is taken, or None for a new member."""
    if columns["external_id"] and (owner := known.get(("external_id", columns["external_id"]))):
        return Joined(finding.survivor(owner), is_repeat=True)
    for column in uniqueness.UNIQUE:
        if columns[column] and (owner := known.get((column, columns[column]))):
            return AlreadyMember(finding.survivor(owner), uniqueness.shown(column))
    return None


def _numbers(count):
    """So many numbers that are free at the moment."""
    free = set()
    while len(free) < count:
        drawn = {_number() for _ in range(count - len(free))}
        free |= drawn - set(Member.objects.filter(number__in=drawn).values_list("number", flat=True))
    return free


def _insert_many(new):
    members = [member for member, _said, _evidence in new]
    fields = [field for field in Member._meta.concrete_fields if field.name != "merchant_id"]
    rows = [tuple(getattr(member, field.attname) for field in fields) for member in members]
    bulk.insert(Member, [field.name for field in fields], rows)
    CardToken.objects.bulk_create([CardToken(**_card(member)) for member in members])
    _record(new)
    for member in members:
        member._state.adding = False
