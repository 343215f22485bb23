"""What cannot be given on, taken back or cancelled, and why."""

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused


class NotTransferable(Refused):
    code = "not_transferable"
    sentence = _("This voucher cannot be given to somebody else.")


class GiverUnknown(Refused):
    code = "not_eligible"
    sentence = _("To give a voucher on, the guest needs a card with an e-mail address.")


class AlreadyOffered(Refused):
    code = "already_offered"
    sentence = _("This voucher has been offered to somebody already. Take it back first.")


class NotOffered(Refused):
    code = "not_offered"
    sentence = _("This voucher is not on its way to anybody.")


class GivenOn(Refused):
    code = "given_on"
    sentence = _("This voucher was given to somebody else. It cannot be turned into points any more.")


class GiftGone(Refused):
    code = "gift_gone"
    sentence = _("This gift is no longer there. It was accepted, taken back or used.")
