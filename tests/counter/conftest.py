"""A counter with a device, people and cards, and a client that stands at it."""

import pytest
from django.test import Client

from loyalty import tenancy
from loyalty.merchants import devices
from loyalty.merchants.models import Location, Staff
from tests import makers

PIN = "4711"


class Counter:
    """What staff can do without a browser: every method sends what the page sends."""

    def __init__(self, merchant, client):
        self.merchant = merchant
        self.client = client
        self.keys = 0

    def enter(self, person, pin=PIN):
        return self.client.post("/counter/person/", {"person": person.public_id, "pin": pin})

    def ask(self, path, **fields):
        """Send a tap with a key of its own unless `key` says otherwise. Returns the answer's JSON."""
        self.keys += 1
        fields = {"key": f"tap-{self.keys:05d}"} | fields
        return self.client.post(f"/counter/{path}/", fields, headers={"Accept": "application/json"}).json()

    def stamp(self, member, **fields):
        return self.ask("bookings", card=member.number, **fields)

    def amount(self, member, amount_minor, **fields):
        return self.ask("bookings", card=member.number, amount="", amount_minor=amount_minor, **fields)

    def last_key(self):
        return f"tap-{self.keys:05d}"


@pytest.fixture
def merchant(db):
    return makers.merchant(owner_name="Aylin Demir")


@pytest.fixture
def lena(merchant):
    return hire(merchant, "Lena Hoffmann")


@pytest.fixture
def counter(merchant, lena):
    """Lena, at the tablet."""
    counter = Counter(merchant, at_device(merchant))
    counter.enter(lena)
    return counter


def hire(merchant, name, role=Staff.Role.CASHIER, pin=PIN):
    with tenancy.scope(merchant):
        person = Staff(name=name, role=role)
        if pin:
            person.set_pin(pin)
        person.save(force_insert=True)
        return person


def at_device(merchant):
    """A browser that the owner let in."""
    with tenancy.scope(merchant):
        location = Location.objects.get()
    _device, token = devices.let_in(merchant, location, "Tablet")
    client = Client()
    client.cookies[devices.COOKIE] = token
    return client
