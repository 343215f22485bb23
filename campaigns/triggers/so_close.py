"""So close: one or two purchases before a reward. Said once on the way to each."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import letters, standings
from campaigns.campaign import Campaign, Draft
from campaigns.letters import Letter
from loyalty.design import wording
from programs.accounts import Account

STAMPS = 2
PURCHASES = 2


def drafts(members):
    """A draft for each account that is close to its next reward now."""
    found = [(member_id, one) for member_id, one in standings.of_members(members) if one.next_reward]
    usual = standings.usual_amounts([one.account_id for _member, one in found])
    near = [(id, one) for id, one in found if _is_close(one, usual.get(one.account_id))]
    rounds = standings.rounds([(one.account_id, one.next_reward.at) for _id, one in near], reached=True)
    return [
        _draft(member_id, one, usual.get(one.account_id), number)
        for (member_id, one), number in zip(near, rounds, strict=True)
    ]


def outdated(messages):
    """What was said is not true any more when the balance has moved since: reached, spent or taken back."""
    accounts = Account.objects.filter(id__in=[message.figures["account"] for message in messages])
    balances = {
        str(id): balance - debt for id, balance, debt in accounts.values_list("id", "balance", "debt")
    }
    return {
        message.id: "balance has changed since"
        for message in messages
        if balances.get(message.figures["account"]) != message.figures["balance"]
    }


def write(to, figures):
    visits = {"visits": wording.count_word(figures["purchases"], to.language)}
    how_far = ngettext(
        "Your next purchase should be enough.",
        "At your usual purchases that is about %(visits)s visits.",
        figures["purchases"],
    )
    return Letter(
        subject=_("Almost there: %(reward)s") % {"reward": figures["reward"]},
        headline=f"{to.greeting}.",
        paragraphs=(letters.to_go(figures), how_far % visits),
        button=letters.card_button(to),
    )


def _is_close(one, usual):
    missing = one.next_reward.missing
    if one.stamps_required:
        return missing <= STAMPS
    visits = standings.visits(missing, usual)
    return visits is not None and visits <= PURCHASES


def _draft(member_id, one, usual, number):
    goal = one.next_reward
    figures = {
        "program": one.program.public_id,
        "account": str(one.account_id),
        "balance": one.spendable,
        "missing": goal.missing,
        "purchases": standings.visits(goal.missing, usual) or goal.missing,
        "reward": goal.reward.name,
        **letters.unit_of(one),
    }
    return Draft(member_id, f"{one.program.public_id}:{goal.reward.public_id}:{number}", figures)


CAMPAIGN = Campaign(
    "so_close",
    write,
    is_promotional=True,
    hears=frozenset({"purchase.recorded", "points.activated", "bonus.given"}),
    drafts=drafts,
    outdated=outdated,
)
