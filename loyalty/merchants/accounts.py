"""Accounts of people who sign in, found by their address: only where the address is known to be theirs."""

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from loyalty.errors import Invalid
from loyalty.merchants.models import Membership


def for_address(email: str) -> User:
    """The account of who reads this mailbox; a new one, without a password, where there is none.

    Anybody can make an account in anybody's name, and wait until its address is let into a shop. So an account with a
    password counts only once its address is confirmed. One that is not, and has no shop, makes room for a new one; its
    maker is out. Raises Invalid for "email" where it has a shop.
    """
    users = get_user_model().objects
    known = users.filter(email__iexact=email).first()
    if known is not None and _is_unproved(known, email):
        if Membership.objects.filter(user=known).exists():
            sentence = _(
                "The account of this address is not confirmed yet. Its owner can do so in the account."
            )
            raise Invalid({"email": [sentence]})
        known.delete()
        known = None
    return known or users.create_user(username=email[:150], email=email, password=None)


def _is_unproved(user, email):
    # Without a password the only way in is a code that is sent to the address.
    confirmed = EmailAddress.objects.filter(user=user, email__iexact=email, verified=True)
    return user.has_usable_password() and not confirmed.exists()
