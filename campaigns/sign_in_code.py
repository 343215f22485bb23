"""The six digits for a card that is wanted on another phone."""

from datetime import datetime

from django.utils.translation import gettext as _

from campaigns import messages
from campaigns.campaign import Campaign
from campaigns.letters import Letter, Notice
from loyalty import clock, ids, sealing, tenancy
from members import signing_in
from members.models import Member


def send(member: Member):
    """Make a new code and send it to the member's address. Returns the Message.

    Until it has left the code is sealed, afterwards forgotten. In a sandbox, whose messages go nowhere, it stands
    open in the message: that is where it is read. Raises TooManyCodes.
    """
    code = signing_in.new_code(member)
    kept = {"code": code} if tenancy.merchant().is_sandbox else {"sealed": sealing.seal(code)}
    until = (clock.now() + signing_in.VALID).isoformat()
    return messages.send_now(CAMPAIGN, member, occasion=ids.new().hex, until=until, **kept)


def outdated(messages):
    """A code that did not leave in time is of no use any more."""
    now = clock.now()
    late = (message for message in messages if datetime.fromisoformat(message.figures["until"]) <= now)
    return {message.id: "the code has expired" for message in late}


def write(to, figures):
    code = figures["code"] if "code" in figures else sealing.unseal(figures["sealed"])
    minutes = int(signing_in.VALID.total_seconds() // 60)
    sentence = _("With this code your card opens on the other device. It is good for %(minutes)s minutes.")
    return Letter(
        subject=_("%(code)s is your code for %(shop)s") % {"code": code, "shop": to.sender.name},
        headline=f"{to.greeting}.",
        paragraphs=(sentence % {"minutes": minutes},),
        code=code,
        notice=Notice(
            _("You did not ask for it?"),
            _("Then you need not do anything. Please pass the code on to nobody."),
        ),
    )


CAMPAIGN = Campaign("sign_in_code", write, at_once=True, secret=True, outdated=outdated)
