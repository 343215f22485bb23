"""Small makers of test data. They call the real verbs."""

from datetime import UTC, datetime

from loyalty.merchants import registering

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def merchant(name="Café Morgenrot", *, at=NOON, **options):
    """A sandbox merchant whose clock stands at `at`."""
    options = {"email": "aylin@morgenrot.example", "currency": "EUR", "timezone": "Europe/Berlin", "country": "DE"} | options
    return registering.register(name=name, sandbox=True, clock_at=at, **options).merchant
