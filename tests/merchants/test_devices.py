"""Devices at the counter: known by a cookie of which only the hash is kept."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from loyalty import clock, tenancy
from loyalty.merchants import devices
from loyalty.merchants.models import Device, Location
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def let_in():
    merchant = makers.merchant()
    with tenancy.scope(merchant):
        location = Location.objects.get()
    return devices.let_in(merchant, location, "  Tablet  ")


def test_a_device_is_found_by_its_token_and_only_the_hash_is_kept(let_in):
    device, token = let_in
    assert (device.name, device.hash) == ("Tablet", hashlib.sha256(token.encode()).hexdigest())
    assert devices.find(token) == device
    assert devices.find(token).merchant.name == "Café Morgenrot"


@pytest.mark.parametrize("token", ["", "unknown"])
def test_another_token_finds_nothing(let_in, token):
    assert devices.find(token) is None


def test_a_device_that_was_shown_out_is_unknown_until_it_is_let_in_again(let_in):
    device, token = let_in
    devices.revoke(device)
    assert devices.find(token) is None
    devices.readmit(device)
    assert devices.find(token) == device


def test_the_first_revocation_counts(let_in):
    device, _token = let_in
    moment = datetime(2026, 3, 12, 12, tzinfo=UTC)
    with clock.at(moment):
        devices.revoke(device)
    with clock.at(moment + timedelta(days=1)):
        devices.revoke(device)
    assert device.revoked_at == moment


def test_being_seen_is_written_at_most_every_five_minutes(let_in):
    device, _token = let_in
    seen = device.last_seen_at
    with clock.at(seen + timedelta(minutes=5)):
        devices.seen(device)
    assert Device.objects.get().last_seen_at == seen
    with clock.at(seen + timedelta(minutes=5, seconds=1)):
        devices.seen(device)
    assert Device.objects.get().last_seen_at == seen + timedelta(minutes=5, seconds=1)
