"""A live shop with guests who want mail. Its clock is the machine's, stopped by the test with clock.at()."""

from datetime import UTC, datetime, timedelta

from campaigns.models import Message
from loyalty import clock, tenancy
from loyalty.merchants import registering
from members.models import Member
from programs import enrolling
from tests import makers

NOON = makers.NOON
YES = [{"purpose": "email_marketing", "given": True, "confirmed": True}]


def live(name="Bäckerei Feldmann", **options):
    options = {
        "email": "hinnerk@feldmann.example",
        "currency": "EUR",
        "timezone": "Europe/Berlin",
        "country": "DE",
        "colour_hex": "#F3B61F",
    } | options
    return registering.register(name=name, **options).merchant


def guest(merchant, name="Jonas Großkreuz", email="jonas@example.org", consents=YES, **person):
    with tenancy.scope(merchant):
        return enrolling.join(name=name, email=email, consents=consents, **person)


def due_message(merchant, member, campaign="reward_ready", occasion="first", due_at=None, **figures):
    """A message that waits to be sent, of something that stays true."""
    figures = {"account": str(member.id), "reward": "Landbrot", "count": 1, "cost": 0} | figures
    with tenancy.scope(merchant):
        return Message.objects.create(
            member=member, campaign=campaign, occasion=occasion, language=member.language, figures=figures,
            due_at=due_at or clock.now(),
        )  # fmt: skip


def messages(merchant, **criteria):
    with tenancy.scope(merchant):
        return list(Message.objects.filter(**criteria).order_by("created_at", "id"))


def fresh(message, merchant):
    with tenancy.scope(merchant):
        return Message.objects.get(id=message.id)


def move(merchant, member, timezone):
    with tenancy.scope(merchant):
        Member.objects.filter(id=member.id).update(timezone=timezone)
        return Member.objects.get(id=member.id)


def where_it_is_noon():
    """A timezone in which it is about noon on the machine's clock: for other processes, whose clock nobody stops."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "UTC"


# More than any lease.
LONG_AGO = timedelta(minutes=11)
