"""Tags of the dashboard's templates: forms drawn with the design's components."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django import forms, template
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import get_language

from loyalty import money
from loyalty.dashboard import steps
from loyalty.design import wording
from programs import units
from programs.models import Program
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
def cents(minor: Decimal, currency: str) -> str:
    """An amount that may be a fraction of the smallest coin: 8.5 → 0,085 €."""
    digits = money.exponent(currency)
    value = Decimal(minor).scaleb(-digits)
    shown = digits if value == round(value, digits) else digits + 1
    sign = wording.currency_sign(currency, get_language() or "en")
    return f"{wording.plain(round(value, shown), get_language() or 'en', digits=shown)}{wording.NARROW}{sign}"


@register.filter
def last_day(at: datetime) -> date:
    """The day at whose end something expires: 1 April 0:00 is the end of 31 March."""
    return (timezone.localtime(at) - timedelta(microseconds=1)).date()


@register.filter
def counted(count: int, program: Program) -> str:
    """So much of a program with its unit: "12 points", "30.50 €"."""
    return units.counted(count, program)


@register.filter
def left(reward: Reward) -> int:
    """How many of a reward with a stock can still be had."""
    return (reward.stock or 0) - reward.taken


@register.filter
def whole_money(minor: Decimal, currency: str) -> str:
    """An amount without cents, for what is an estimate anyway."""
    unit = 10 ** money.exponent(currency)
    return wording.amount(round(Decimal(minor) / unit) * unit, currency, get_language() or "en", short=True)
