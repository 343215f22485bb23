"""Points about to expire: said once at each mark, to those who can still do something about it."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from campaigns import letters, standings
from campaigns.campaign import Campaign, Draft
from campaigns.letters import Letter
from loyalty import clock
from programs.endings import warnings

# However far ahead a mark lies, see programs.types.base.Keeping.warn_days.
_FARTHEST = 366
# What was warned of longer ago is no news any more, as with all events.
_NEWS_FOR = timedelta(days=3)

_ADVICE = {
    "closing": gettext_noop("The program ends then. Until that day you can still redeem what you have."),
    "enough": gettext_noop("Redeem them before then, for example for: %(reward)s."),
    "keep_by_buying": gettext_noop("Each purchase before then keeps them."),
    "look": gettext_noop("Your card shows what you can get for them."),
}


def drafts(members):
    """A draft for each expiry that these members were warned of just now."""
    found = {one.account_id: (member_id, one) for member_id, one in standings.of_members(members)}
    told = warnings.told_to(found, clock.now() - _NEWS_FOR)
    return [_draft(*found[warned.account_id], warned) for warned in told]


def outdated(messages):
    """What was spent or prolonged since does not expire any more; of what was spent in part the rest is told."""
    accounts = {UUID(message.figures["account"]) for message in messages}
    left = Counter()
    for one in warnings.about_to_expire(_FARTHEST, accounts):
        left[str(one.account_id), one.expires_at] += one.amount
    why = {}
    for message in messages:
        amount = left[message.figures["account"], datetime.fromisoformat(message.figures["expires_at"])]
        if amount:
            # The figure is right on the day on which the letter is written, too.
            message.figures = message.figures | {"amount": min(amount, message.figures["amount"])}
        else:
            why[message.id] = "used or kept since"
    return why


def write(to, figures):
    # A period ends at 24:00, which is written as the next day's 0:00; people call it the day before.
    moment = datetime.fromisoformat(figures["expires_at"]) - timedelta(microseconds=1)
    words = {
        "amount": letters.counted(figures["amount"], figures, to.language),
        "day": letters.day(letters.local(moment, to.sender.timezone), to.language),
    }
    sentence = ngettext("%(amount)s expires on %(day)s.", "%(amount)s expire on %(day)s.", figures["amount"])
    advice = _ADVICE[figures["help"]]
    return Letter(
        subject=_("Use them until %(day)s: %(amount)s") % words,
        headline=f"{to.greeting}.",
        paragraphs=(sentence % words, _(advice) % {"reward": figures["reward"]}),
        button=letters.card_button(to),
    )


def _draft(member_id, one, warned):
    advice, reward = _help(one, warned)
    figures = {
        "program": one.program.public_id,
        "account": str(one.account_id),
        "amount": warned.amount,
        "expires_at": warned.expires_at.isoformat(),
        "help": advice,
        "reward": reward,
        **letters.unit_of(one),
    }
    occasion = f"{one.program.public_id}:{warned.expires_at:%Y-%m-%dT%H:%M}:{warned.days}"
    return Draft(member_id, occasion, figures)


def _help(one, warned):
    """What can be done about it: (key of the advice, name of a reward or "")."""
    if one.program.redeem_until == warned.expires_at:
        return "closing", ""
    if one.reachable:
        return "enough", one.reachable[-1].name
    if one.live.settings.expiry.kind == "inactivity":
        return "keep_by_buying", ""
    return "look", ""


CAMPAIGN = Campaign(
    "points_expiring",
    write,
    is_promotional=True,
    # Where the cap is reached it is said later: what it tells of stays true until the day itself.
    waits_for_room=True,
    hears=frozenset({"points.expiring"}),
    drafts=drafts,
    outdated=outdated,
)
