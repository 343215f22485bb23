"""Whether a reward makes sense: what its kind needs, what contradicts itself. Rule: docs/rules/rewards.md, "Kinds"."""

from django.utils.translation import gettext as _

from loyalty import ids
from loyalty.errors import Invalid, NotFound
from members.segments.models import Segment
from rewards.models import Reward

Kind = Reward.Kind


def check(reward):
    """Raises Invalid, naming each field that is wrong."""
    wrong = _of_its_kind(reward) | _of_figures(reward) | _of_conditions(reward)
    if not reward.name.strip():
        wrong["name"] = [_("A reward needs a name.")]
    if wrong:
        raise Invalid(wrong)


def _of_its_kind(reward):
    wrong = {}
    if reward.kind == Kind.AMOUNT_OFF and not reward.value_minor:
        wrong["value_minor"] = [_("Write how much is taken off.")]
    if reward.kind == Kind.GIFT_CARD and not reward.value_minor:
        wrong["value_minor"] = [_("Write how much is on the gift card.")]
    if reward.kind == Kind.PERCENT_OFF and not (reward.percent and 0 < reward.percent <= 100):
        wrong["percent"] = [_("Write a percentage above 0 and up to 100.")]
    if reward.kind == Kind.PARTNER and not (reward.partner_name.strip() or reward.partner_id):
        wrong["partner_name"] = [_("Write who gives it.")]
    if reward.capacity is not None and reward.kind != Kind.EXPERIENCE:
        wrong["capacity"] = [_("Only an experience has places. Use stock for the others.")]
    if reward.stock is not None and reward.kind == Kind.EXPERIENCE:
        wrong["stock"] = [_("An experience has places. Use capacity for their number.")]
    if reward.is_taken_off == "items" and reward.applies_to and not _names_items(reward):
        wrong["applies_to"] = [_("Name the items, categories or brands that it is for.")]
    if reward.applies_to == "purchase" and _names_items(reward):
        wrong["applies_to"] = [_("What is for certain items is not taken off the whole purchase.")]
    return wrong


def _of_figures(reward):
    wrong = {}
    if reward.cost < 0:
        wrong["cost"] = [_("The cost must be 0 or more.")]
    is_taken = reward.program_id is not None and not reward.unlocked_only and reward.kind != Kind.RECOGNITION
    if reward.cost == 0 and is_taken and reward.per_member is None:
        wrong["per_member"] = [_("Write how often each guest can have it: it costs no points.")]
    if reward.cost > 0 and reward.kind == Kind.RECOGNITION:
        wrong["cost"] = [_("Recognition costs nothing: the shop gives it.")]
    if reward.stock is not None and reward.stock < reward.taken:
        wrong["stock"] = [_("More than that were taken already.")]
    if reward.capacity is not None and reward.capacity < reward.taken:
        wrong["capacity"] = [_("More places than that are taken already.")]
    return wrong


def _of_conditions(reward):
    wrong = {}
    if reward.starts_at and reward.ends_at and reward.ends_at <= reward.starts_at:
        wrong["ends_at"] = [_("The end must come after the start.")]
    if reward.early_access is not None and reward.starts_at is None:
        wrong["early_access"] = [_("Write from when on the others can have it (starts_at).")]
    if reward.early_access is not None and not _somebody(reward.early_access):
        wrong["early_access"] = [_("Name the tiers or segments that can have it earlier.")]
    early = (reward.early_access or {}).get("segments") or []
    for name, segments in (("segments", reward.segments), ("early_access", early)):
        if unknown := _unknown(segments):
            wrong[name] = [_("There is no segment %(id)s.") % {"id": unknown}]
    return wrong


def _names_items(reward):
    return bool(reward.skus or reward.categories or reward.brands)


def _somebody(early):
    return bool(early.get("tiers") or early.get("segments"))


def _unknown(public_ids):
    """The first id that names no segment of this merchant, or None."""
    for public_id in public_ids:
        try:
            wanted = ids.parse("seg", public_id)
        except NotFound:
            return public_id
        if not Segment.objects.filter(id=wanted).exists():
            return public_id
    return None
