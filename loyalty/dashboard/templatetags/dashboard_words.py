"""Tags that put what the dashboard knows into words: what stood out, how the day goes, what was done."""

from datetime import date

from babel.dates import format_date
from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from loyalty import clock
from loyalty.dashboard import noticing
from loyalty.design import wording
from loyalty.merchants.models import AuditEntry
from rewards import sentences

register = template.Library()


MOTIFS = {
    "bicycle": gettext_lazy("Bicycle"),
    "book": gettext_lazy("Book"),
    "bread": gettext_lazy("Bread"),
    "croissant": gettext_lazy("Croissant"),
    "cup": gettext_lazy("Cup"),
    "dumbbell": gettext_lazy("Dumbbell"),
    "flower": gettext_lazy("Flower"),
    "glass": gettext_lazy("Glass"),
    "heart": gettext_lazy("Heart"),
    "leaf": gettext_lazy("Leaf"),
    "paw": gettext_lazy("Paw"),
    "pizza": gettext_lazy("Pizza"),
    "scissors": gettext_lazy("Scissors"),
    "shirt": gettext_lazy("Shirt"),
    "star": gettext_lazy("Star"),
    "sun": gettext_lazy("Sun"),
    "wheat": gettext_lazy("Wheat"),
}


@register.simple_tag
def motif_name(name: str) -> str:
    """What a motif shows, in words."""
    return str(MOTIFS.get(name, name))


@register.filter
def weekday(on: date) -> str:
    """Donnerstag, Thursday."""
    return format_date(on, "EEEE", locale=wording.locale(get_language() or "en"))


@register.simple_tag
def pace_sentence(pace: float | None) -> str:
    """How today compares with the usual weekday up to now; nothing without a habit."""
    if pace is None:
        return ""
    if pace > 1.5:
        return _("Much more than usual at this time.")
    if pace > 1.1:
        return _("A little more than usual at this time.")
    if pace < 0.6:
        return _("Much less than usual at this time.")
    return _("A little less than usual at this time.") if pace < 0.9 else _("About as usual at this time.")


@register.simple_tag
def flag_title(flag: noticing.Flag) -> str:
    if flag.kind == "own_card":
        return _("An own card")
    words = {"count": _word(flag.count), "minutes": _word(flag.minutes)}
    return sentences.capitalised(
        ngettext(
            "%(count)s visits in %(minutes)s minute", "%(count)s visits in %(minutes)s minutes", flag.minutes
        )
        % words
    )


@register.simple_tag
def flag_text(flag: noticing.Flag) -> str:
    """When, on which card, and by whom; in a tone that accuses nobody."""
    at = timezone.localtime(flag.end)
    words = {
        "number": flag.member.spoken_number,
        "moment": wording.moment(at, get_language() or "en", now=timezone.localtime(clock.now())),
        "actor": flag.actor,
    }
    if flag.kind == "own_card":
        return (
            _("%(actor)s has booked on the card %(number)s, which bears the same name, %(moment)s.") % words
        )
    if flag.actor:
        return _("Card %(number)s, %(moment)s, booked by %(actor)s. Often only a slip when scanning.") % words
    return _("Card %(number)s, %(moment)s. Often only a slip when scanning.") % words


def _word(count: int) -> str:
    return wording.count_word(count, get_language() or "en")


@register.simple_tag
def usual_hour(usual: tuple[int, int]) -> str:
    """(3, 8) → "Do, 8 bis 9 Uhr"."""
    day, hour = usual
    # 1 January 2024 was a Monday.
    name = format_date(date(2024, 1, 1 + day), "EEE", locale=wording.locale(get_language() or "en")).rstrip(
        "."
    )
    return _("%(day)s, %(from)s to %(to)s") % {"day": name, "from": f"{hour}:00", "to": f"{hour + 1}:00"}


@register.simple_tag
def sorted_by(sort: str) -> str:
    """How a list is sorted, in words."""
    words = {
        "seen": _("sorted by the last visit"),
        "balance": _("sorted by balance"),
        "joined": _("sorted by the day of joining"),
        "name": _("sorted by name"),
    }
    return words.get(sort, "")


DEEDS = {
    "shop.changed": gettext_lazy("Shop data changed"),
    "shop.logo_changed": gettext_lazy("Logo changed"),
    "shop.logo_removed": gettext_lazy("Logo taken away"),
    "staff.added": gettext_lazy("Person added"),
    "staff.changed": gettext_lazy("Person changed"),
    "staff.pin_set": gettext_lazy("PIN set"),
    "staff.left": gettext_lazy("Person no longer works here"),
    "staff.came_back": gettext_lazy("Person works here again"),
    "location.added": gettext_lazy("Location added"),
    "location.changed": gettext_lazy("Location changed"),
    "device.let_in": gettext_lazy("Device let in"),
    "device.revoked": gettext_lazy("Device shown out"),
    "device.readmitted": gettext_lazy("Device let in again"),
    "key.issued": gettext_lazy("API key made"),
    "key.revoked": gettext_lazy("API key revoked"),
    "payments.set_up": gettext_lazy("Keys for online payment entered"),
    "program.created": gettext_lazy("Program started"),
    "program.changed": gettext_lazy("Program changed"),
    "program.closed": gettext_lazy("Program closed"),
    "program.active": gettext_lazy("Program opened again"),
    "reward.created": gettext_lazy("Reward added"),
    "reward.changed": gettext_lazy("Reward changed"),
    "reward.archived": gettext_lazy("Reward put away"),
    "reward.restored": gettext_lazy("Reward brought back"),
    "member.joined": gettext_lazy("Card made by hand"),
    "member.changed": gettext_lazy("Addresses of a guest changed"),
    "member.erased": gettext_lazy("Guest erased"),
    "member.exported": gettext_lazy("Data of a guest exported"),
    "members.exported": gettext_lazy("List of guests exported"),
    "balance.corrected": gettext_lazy("Balance corrected"),
    "gift_card.issued": gettext_lazy("Gift card issued"),
    "gift_card.topped_up": gettext_lazy("Gift card topped up"),
    "gift_card.changed": gettext_lazy("Gift card changed"),
    "gift_card.voided": gettext_lazy("Gift card voided"),
    "balance.correction_undone": gettext_lazy("Correction taken back"),
    "balance.correction_proposed": gettext_lazy("Correction proposed"),
    "balance.correction_approved": gettext_lazy("Correction approved"),
    "balance.correction_declined": gettext_lazy("Correction declined"),
    "member.merged": gettext_lazy("Two cards brought together"),
    "poster.downloaded": gettext_lazy("Poster downloaded"),
    "flag.cleared": gettext_lazy("Looked at what stood out"),
}


@register.simple_tag
def deed(row: AuditEntry) -> str:
    """What was done, in words; an action of another screen by its name."""
    return str(DEEDS.get(row.action, row.action))
