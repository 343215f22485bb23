"""Tags of the dashboard's templates: forms drawn with the design's components."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date
from django import forms, template
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from loyalty import clock, money
from loyalty.dashboard import noticing, steps
from loyalty.design import wording
from loyalty.merchants.models import AuditEntry
from rewards import sentences
from rewards.models import Reward

register = template.Library()


@register.inclusion_tag("components/field.html")
def form_field(bound: BoundField, **more: object) -> dict[str, object]:
    """A form's field as the design's component: value, label, hint, error and limits come from the form."""
    widget = bound.field.widget
    context = {
        "name": bound.html_name,
        "id": bound.id_for_label,
        "label": bound.label,
        "value": bound.value() if bound.value() is not None else "",
        "hint": bound.field.help_text,
        "error": bound.errors[0] if bound.errors else "",
        "required": bound.field.required,
        "type": getattr(widget, "input_type", "text"),
        "maxlength": getattr(bound.field, "max_length", None),
        "min": getattr(bound.field, "min_value", None),
        "max": getattr(bound.field, "max_value", None),
        "autocomplete": widget.attrs.get("autocomplete"),
        "inputmode": widget.attrs.get("inputmode"),
    }
    if isinstance(widget, forms.PasswordInput):
        context["value"] = ""
    if isinstance(widget, forms.Textarea):
        context["rows"] = widget.attrs.get("rows", 3)
    if isinstance(widget, forms.Select):
        context["choices"] = [(str(value), words) for value, words in bound.field.choices]
        context["value"] = str(context["value"])
    return context | more


@register.inclusion_tag("components/checkbox.html")
def form_check(bound: BoundField, **more: object) -> dict[str, object]:
    """A form's yes-or-no field as the design's component."""
    context = {
        "name": bound.html_name,
        "id": bound.id_for_label,
        "label": bound.label,
        "checked": bool(bound.value()),
        "hint": bound.field.help_text,
        "error": bound.errors[0] if bound.errors else "",
    }
    return context | more


@register.filter
def is_check(bound: BoundField) -> bool:
    return isinstance(bound.field.widget, forms.CheckboxInput)


@register.simple_tag
def wrong_fields(form: forms.BaseForm) -> list[tuple[str, str]]:
    """The fields that did not pass, for the summary: (id, label)."""
    return [(bound.id_for_label, str(bound.label)) for bound in form.visible_fields() if bound.errors]


@register.filter
def initials(name: str) -> str:
    """ "Aylin Brandt" → "AB", for the round sign beside a name."""
    words = [word for word in name.split() if word[0].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.simple_tag(takes_context=True)
def start_steps(context: template.Context) -> list[steps.Step]:
    """The questions of the start, for the side of the page. Context: current_step, merchant; user."""
    user = context.get("user")
    email = user.email if user and user.is_authenticated else ""
    return steps.steps(context.get("current_step", "account"), context.get("merchant"), email)


@register.simple_tag(takes_context=True)
def step_number(context: template.Context) -> int:
    current = context.get("current_step", "account")
    return steps.ORDER.index(current) + 1 if current in steps.ORDER else 0


@register.filter
def whole(value: object) -> int:
    """What a stepper shows: a number, also out of what was typed; 0 where there is none."""
    try:
        return int(str(value))
    except ValueError:
        return 0


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
def first_name(name: str) -> str:
    """How somebody is greeted: the first word of the name."""
    return name.split()[0] if name.split() else name


@register.filter
def named(sentence: str, name: str) -> str:
    """Put the first name into a greeting."""
    return sentence % {"name": first_name(name)}


@register.filter
def local_date(at: datetime) -> date:
    """The calendar day in the timezone that is active."""
    return timezone.localtime(at).date()


@register.filter
def weekday(on: date) -> str:
    """Donnerstag, Thursday."""
    return format_date(on, "EEEE", locale=wording.locale(get_language() or "en"))


@register.filter
def cents(minor: Decimal, currency: str) -> str:
    """An amount that may be a fraction of the smallest coin: 8.5 → 0,085 €."""
    digits = money.exponent(currency)
    value = Decimal(minor).scaleb(-digits)
    shown = digits if value == round(value, digits) else digits + 1
    sign = wording.currency_sign(currency, get_language() or "en")
    return f"{wording.plain(round(value, shown), get_language() or 'en', digits=shown)}{wording.NARROW}{sign}"


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


@register.filter
def last_day(at: datetime) -> date:
    """The day at whose end something expires: 1 April 0:00 is the end of 31 March."""
    return (timezone.localtime(at) - timedelta(microseconds=1)).date()


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


@register.filter
def left(reward: Reward) -> int:
    """How many of a reward with a stock can still be had."""
    return (reward.stock or 0) - reward.taken


@register.filter
def whole_money(minor: Decimal, currency: str) -> str:
    """An amount without cents, for what is an estimate anyway."""
    unit = 10 ** money.exponent(currency)
    return wording.amount(round(Decimal(minor) / unit) * unit, currency, get_language() or "en", short=True)


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
    "balance.correction_undone": gettext_lazy("Correction taken back"),
    "poster.downloaded": gettext_lazy("Poster downloaded"),
    "flag.cleared": gettext_lazy("Looked at what stood out"),
}


@register.simple_tag
def deed(row: AuditEntry) -> str:
    """What was done, in words; an action of another screen by its name."""
    return str(DEEDS.get(row.action, row.action))
