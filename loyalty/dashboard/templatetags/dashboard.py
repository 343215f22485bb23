"""Tags of the dashboard's templates: forms drawn with the design's components."""

from django import forms, template
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from loyalty.dashboard import steps

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
    "bicycle": _("Bicycle"),
    "book": _("Book"),
    "bread": _("Bread"),
    "croissant": _("Croissant"),
    "cup": _("Cup"),
    "dumbbell": _("Dumbbell"),
    "flower": _("Flower"),
    "glass": _("Glass"),
    "heart": _("Heart"),
    "leaf": _("Leaf"),
    "paw": _("Paw"),
    "pizza": _("Pizza"),
    "scissors": _("Scissors"),
    "shirt": _("Shirt"),
    "star": _("Star"),
    "sun": _("Sun"),
    "wheat": _("Wheat"),
}


@register.simple_tag
def motif_name(name: str) -> str:
    """What a motif shows, in words."""
    return str(MOTIFS.get(name, name))
