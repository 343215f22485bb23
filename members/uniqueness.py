"""What tells members apart: no two of a merchant share an address, a phone number or an external id."""

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused
from members import finding
from members.models import Member

# The columns, in the order in which a clash is told, and the constraint that holds each.
UNIQUE = {
    "email_key": "member_email_is_unique",
    "phone": "member_phone_is_unique",
    "external_id": "member_external_id_is_unique",
}
NUMBER_TAKEN = "member_number_is_unique"


class AlreadyMember(Refused):
    """`member` is the existing row. Its data must not be shown to whoever merely typed the address."""

    code = "already_member"
    sentence = _("There is already a card for this. Please look it up, or have it sent.")

    def __init__(self, member, field):
        super().__init__(field=field)
        self.member = member


def broken(error):
    """The column whose value was taken, by an IntegrityError; "number": the card's. Raises all others."""
    # A distributed database appends the shard's number to the constraint's name.
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    if name.startswith(NUMBER_TAKEN):
        return "number"
    for column, constraint in UNIQUE.items():
        if name.startswith(constraint):
            return column
    raise error


def refusal(column, value):
    """The AlreadyMember for a value that is taken, or None where its owner has just given it up."""
    owner = Member.objects.filter(**{column: value}).first()
    return AlreadyMember(finding.survivor(owner), shown(column)) if owner else None


def shown(column):
    """The field as the outside knows it."""
    return "email" if column == "email_key" else column
