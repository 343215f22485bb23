"""Small makers of test data. They call the real verbs."""

from datetime import UTC, datetime

from loyalty import tenancy
from loyalty.merchants import registering
from programs import enrolling
from rewards import catalogue, checkout, standing

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def merchant(name="Café Morgenrot", *, at=NOON, **options):
    """A sandbox merchant whose clock stands at `at`."""
    options = {
        "email": "aylin@morgenrot.example",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "country": "DE",
    } | options
    return registering.register(name=name, sandbox=True, clock_at=at, **options).merchant


def member(merchant, name="Maximiliane Freifrau von Hohenthal-Bergenstein", **person):
    with tenancy.scope(merchant):
        return enrolling.join(name=name, **person)


def points_program(merchant, *, rewards=(), **settings):
    """1 point per 1.00 unless `settings` say otherwise. rewards: (name, cost) pairs."""
    with tenancy.scope(merchant):
        program = catalogue.create_program(type="points", name="Brotpunkte", settings=settings)
        for name, cost in rewards:
            catalogue.create_reward(program=program, name=name, cost=cost)
        return program


def punch_card(merchant, *, reward="Ein Kaffee nach Wahl", **settings):
    """Ten stamps, one per visit, unless `settings` say otherwise."""
    with tenancy.scope(merchant):
        settings = {"reward": {"name": reward}} | settings
        return catalogue.create_program(type="punch_card", name="Kaffeekarte", settings=settings)


def purchase(merchant, member, amount_minor=0, **sale):
    """Ring up a sale; returns Recorded."""
    with tenancy.scope(merchant):
        return checkout.ring_up(checkout.Sale(member=member, amount_minor=amount_minor, **sale))


def balance(merchant, member, program):
    """Balance less debt, as the member sees it."""
    with tenancy.scope(merchant):
        return next(x.spendable for x in standing.of(member) if x.program.id == program.id)


def turn_to(merchant, moment):
    """Set a sandbox's clock without running what is due: verbs settle what they touch."""
    merchant.clock_at = moment
    merchant.save(update_fields=["clock_at"])
