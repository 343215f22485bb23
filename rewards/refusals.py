"""Why a reward cannot be had, or what was had cannot be undone: each with the sentence that says what is missing."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from loyalty.design import wording
from loyalty.errors import Refused


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = _("This reward is out of stock.")


class FullyBooked(Refused):
    code = "fully_booked"
    sentence = _("All places are taken. The guest can be put on the waiting list.")


class LimitReached(Refused):
    code = "limit_reached"
    sentence = _("This guest has had this reward as often as it can be had (%(limit)s).")


class NotStarted(Refused):
    code = "not_started"
    sentence = _("This reward can be had from %(starts_at)s.")


class Ended(Refused):
    code = "ended"
    sentence = _("This reward can no longer be had.")


class AlreadyUsed(Refused):
    code = "code_used"
    sentence = _("This voucher has already been used.")


class NotEligible(Refused):
    """`reason`, a fact of it, says what is missing: inactive, full_card, elsewhere, given, tier, segment, spend."""

    code = "not_eligible"
    sentence = _("This guest cannot take this reward now.")


class OnlyByFullCard(NotEligible):
    sentence = _("This reward is not for points: a full card gives it.")


class OnlyGiven(NotEligible):
    sentence = _("This reward cannot be taken: the shop gives it to guests of its choice.")


class OnlyElsewhere(NotEligible):
    sentence = _("This reward can only be had at the shop that offers it.")


class NeedsTier(NotEligible):
    """tiers: the names, of which one suffices."""

    sentence = _("This reward is for guests with %(names)s.")

    def __str__(self):
        return str(self.sentence) % {"names": ", ".join(self.facts["tiers"])}


class NeedsSegment(NotEligible):
    sentence = _("This reward is for a group of guests to which this guest does not belong.")


class NeedsSpend(NotEligible):
    """missing_minor of spend_minor in `currency`, within so many days."""

    def __str__(self):
        text = ngettext(
            "%(amount)s more has to be spent for this reward; today and yesterday count.",
            "%(amount)s more has to be spent for this reward; today and the %(days)s days before count.",
            self.facts["within_days"],
        )
        missing, currency = self.facts["missing_minor"], self.facts["currency"]
        amount = wording.amount(missing, currency, get_language() or "en", short=True)
        return text % {"amount": amount, "days": self.facts["within_days"]}
