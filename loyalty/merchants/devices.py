"""Devices at the counter: let in once by the owner, known again by a cookie, shown out again.

The cookie holds a random token; only its hash is kept, so that a copy of the database opens no counter.
"""

import hashlib
import secrets
from datetime import timedelta

from django.db import models

from loyalty import clock
from loyalty.merchants.models import Device, Location, Merchant

COOKIE = "stammgast_device"
COOKIE_SECONDS = 400 * 24 * 60 * 60  # The longest that browsers keep a cookie.

# `last_seen_at` is for people; writing it at each request would make every page view an update.
SEEN_EVERY = timedelta(minutes=5)


def let_in(merchant: Merchant, location: Location, name: str) -> tuple[Device, str]:
    """Let a device in at a location. Returns (Device, the cookie's token); the token is kept nowhere."""
    token = secrets.token_urlsafe(32)
    device = Device.objects.create(
        merchant=merchant,
        location_id=location.id,
        name=name.strip()[:120],
        hash=digest(token),
        created_at=clock.now(),
        last_seen_at=clock.now(),
    )
    return device, token


def find(token: str) -> Device | None:
    """The device behind a cookie, with its merchant; None if it is unknown or revoked. Needs no scope."""
    if not token:
        return None
    return (
        Device.objects.select_related("merchant").filter(hash=digest(token), revoked_at__isnull=True).first()
    )


def seen(device: Device) -> None:
    """Remember that the device was here, at most every five minutes."""
    now = clock.now()
    stale = models.Q(last_seen_at__isnull=True) | models.Q(last_seen_at__lt=now - SEEN_EVERY)
    Device.objects.filter(stale, id=device.id).update(last_seen_at=now)


def revoke(device: Device) -> None:
    """Show a device out. Doing so again changes nothing; the moment of the first time stays."""
    Device.objects.filter(id=device.id, revoked_at__isnull=True).update(revoked_at=clock.now())
    device.refresh_from_db(fields=["revoked_at"])


def readmit(device: Device) -> None:
    """Take back a revocation: the device's cookie is good again. For the undo of a slip."""
    Device.objects.filter(id=device.id).update(revoked_at=None)
    device.refresh_from_db(fields=["revoked_at"])


def digest(token: str) -> str:
    # The token has 256 random bits, so a plain hash cannot be guessed back, and stays an index lookup.
    return hashlib.sha256(token.encode()).hexdigest()
