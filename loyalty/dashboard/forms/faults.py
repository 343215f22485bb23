"""Refusals of the verbs, shown where they belong: beside a field of the form, or above it."""

from django import forms

from loyalty.errors import Invalid, Refused


def show(refused: Refused, form: forms.BaseForm, **renamed: str) -> None:
    """Put a refusal into a form that has passed its own checks. renamed: the verb's path → the form's field."""
    if not isinstance(refused, Invalid):
        form.add_error(None, str(refused))
        return
    for path, sentences in refused.facts["field_errors"].items():
        field = renamed.get(path, path)
        target = field if field in form.fields else None
        for sentence in sentences:
            form.add_error(target, str(sentence) if target else f"{path}: {sentence}")
