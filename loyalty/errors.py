"""The one way to say no: what a verb refuses, why, and the sentence that tells a cashier what to do next.

The domain knows no HTTP. `loyalty.rest.problems` maps these to problem documents, forms to form errors.
"""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Understood, but refused by a rule or by the present state. Nothing was written.

    code: snake case, stable, part of the public contract.
    sentence: a translatable sentence; `%(name)s` is filled from the facts.
    facts: the figures behind it (`balance`, `cost` …), JSON-ready.
    """

    code = "refused"
    sentence = _("This is not possible at the moment.")

    def __init__(self, **facts):
        super().__init__(self.code)
        self.facts = facts

    def __str__(self):
        return str(self.sentence) % self.facts


class Conflict(Refused):
    """Refused now; the same request may succeed when it is sent again."""

    code = "conflict"
    sentence = _("Someone else is changing this right now. Please try again.")


class NotFound(Refused):
    """Unknown here. Another merchant's row is just as unknown: both are the same answer."""

    code = "not_found"
    sentence = _("This was not found.")


class Invalid(Refused):
    """The input has the wrong shape. `field_errors` maps a dotted path to its sentences."""

    code = "invalid"
    sentence = _("Some of this cannot be used. Please correct the fields that are named.")

    def __init__(self, field_errors, **facts):
        super().__init__(field_errors=field_errors, **facts)
