"""What a body names by its id: members, cards, locations, programs, rewards. Unknown and foreign are the same 404."""

from django.utils.translation import gettext_lazy as _

from loyalty import ids, tenancy
from loyalty.errors import Invalid, NotFound, Refused
from loyalty.merchants.models import Location
from loyalty.rest import acting
from members import finding
from members.models import Member
from members.segments.models import Segment
from programs.models import Program
from rewards.models import Reward

ONE_OF_TWO = _("Send either member or card.")
ONE_OF_FOUR = _("Send exactly one of card, phone, email, external_id.")


def member_in_path(public_id):
    """The member of an id in a path; a merged one's answers with the survivor."""
    return finding.find(id=public_id)


def member(body, *, may_be_elsewhere=True):
    """The member that a body names by `member` or `card`, or None for neither. Raises NotFound, Invalid for both.

    may_be_elsewhere: a card may be a coalition's, in which the merchant is a partner (see loyalty.rest.acting).
    """
    if body.member is not None and body.card is not None:
        raise Invalid({"card": [ONE_OF_TWO]})
    if body.member is not None:
        return _taking_part(finding.find(id=body.member))
    if body.card is None:
        return None
    return acting.by_card(body.card) if may_be_elsewhere else finding.by_card(body.card)


def somebody(body):
    """The same, where there has to be a member."""
    found = member(body)
    if found is None:
        raise Invalid({"member": [ONE_OF_TWO]})
    return found


def location(public_id):
    # A partner's locations are its own, and unknown to the operator in whose scope it asks.
    if public_id is None or tenancy.acting() is not None:
        return None
    return Location.objects.by_public_id("loc", public_id)


def program(public_id):
    return Program.objects.by_public_id("prg", public_id)


def segment(public_id):
    return Segment.objects.by_public_id("seg", public_id)


def reward(public_id):
    return Reward.objects.by_public_id("rwd", public_id)


class Many:
    """The same for the rows of a batch: members by id in one query, cards and locations once each."""

    def __init__(self, bodies):
        self.members = _members({body.member for body in bodies if body.member is not None})
        self.cards, self.locations = {}, {}

    def member(self, body):
        if body.card is not None or body.member is None:
            return (
                _remembered(self.cards, body.card, lambda: member(body, may_be_elsewhere=False))
                if body.member is None
                else member(body)
            )
        found = self.members.get(body.member)
        if found is None or found.merged_into_id is not None:
            return member(body)
        return _taking_part(found)

    def location(self, body):
        return _remembered(self.locations, body.location, lambda: location(body.location))


def _members(public_ids):
    uuids = []
    for public_id in public_ids:
        try:
            uuids.append(ids.parse("mem", public_id))
        except NotFound:
            continue
    return {row.public_id: row for row in Member.objects.filter(id__in=uuids)}


def _remembered(known, name, find):
    """What was found under a name before, a refusal too; else what is found now."""
    if name not in known:
        try:
            known[name] = find()
        except Refused as refusal:
            known[name] = refusal
    if isinstance(known[name], Refused):
        raise known[name]
    return known[name]


def _taking_part(found):
    if found.status != Member.Status.ACTIVE:
        raise NotFound(id=found.public_id)
    return found
