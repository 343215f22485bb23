"""A café with an owner who is signed in, and the days on which its guests come."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from loyalty import tenancy
from loyalty.merchants.models import Membership, Staff
from tests import makers

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Shop:
    """A merchant, and what happens there at a moment."""

    def __init__(self, merchant):
        self.merchant = merchant

    def scope(self):
        return tenancy.scope(self.merchant)

    def at(self, *moment):
        """Turn the clock; moments in UTC. Forwards and back: the tests tell their stories in any order."""
        makers.turn_to(self.merchant, datetime(*moment, tzinfo=UTC))
        return self

    def guest(self, name="Jürgen Großkreuz", **person):
        return makers.member(self.merchant, name, **person)

    def buys(self, guest, amount_minor=390, **sale):
        return makers.purchase(self.merchant, guest, amount_minor, **sale)


@pytest.fixture
def shop(db):
    return Shop(makers.merchant(owner_name="Aylin Brandt", language="en"))


@pytest.fixture
def owner(shop):
    """A browser in which the owner is signed in; it speaks English."""
    return signed_in(shop.merchant)


def signed_in(merchant, role=None):
    """A browser in which the merchant's owner is signed in; with `role`, as that instead."""
    membership = Membership.objects.select_related("user").get(merchant=merchant)
    if role:
        with tenancy.scope(merchant):
            Staff.objects.filter(id=membership.staff_id).update(role=role)
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(membership.user, BACKEND)
    return client
