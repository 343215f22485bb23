"""Reward ready: a card is full, or the points reach the cheapest reward anew. Said once for each time."""

from collections import defaultdict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns import letters, standings
from campaigns.campaign import Campaign, Draft
from campaigns.letters import Letter
from loyalty.design import wording
from programs.accounts import Account, Unlock
from rewards import standing


def drafts(members):
    """A draft for each full card not yet taken, and for each balance that has reached its cheapest reward."""
    return [*_unlocked(members), *_affordable(members)]


def outdated(messages):
    """A reward that was taken or taken back since is not ready any more."""
    unlocks = [id for message in messages for id in message.figures.get("unlocks", ())]
    still_open = {
        str(id) for id in Unlock.objects.filter(id__in=unlocks, status="open").values_list("id", flat=True)
    }
    accounts = Account.objects.filter(id__in=[message.figures["account"] for message in messages])
    balances = {str(id): balance for id, balance in accounts.values_list("id", "balance")}
    return {
        message.id: "reward was taken since"
        for message in messages
        if not _still_ready(message.figures, still_open, balances)
    }


def write(to, figures):
    words = {
        "reward": figures["reward"],
        "count": wording.count_word(figures["count"], to.language, one="f"),
    }
    if figures["count"] == 1:
        sentence = _("Your reward is ready: %(reward)s.") % words
    else:
        sentence = _("%(count)s rewards are ready for you: %(reward)s.") % words
    return Letter(
        subject=ngettext("Your reward is ready", "Your rewards are ready", figures["count"]),
        headline=f"{to.greeting}.",
        paragraphs=(
            letters.capitalised(sentence),
            _("Show your card at the counter on your next visit, and it is yours."),
        ),
        button=letters.card_button(to),
    )


def _unlocked(members):
    rows = standing.open_unlocks_of([member.id for member in members])
    together = defaultdict(list)
    for unlock in rows.select_related("reward", "account__program"):
        # One purchase that fills several cards is one occasion, and one message.
        together[unlock.account_id, unlock.reward_id, unlock.purchase_id or unlock.id].append(unlock)
    for (_account, _reward, cause), unlocks in together.items():
        first = unlocks[0]
        figures = {
            "program": first.account.program.public_id,
            "account": str(first.account_id),
            "reward": first.reward.name,
            "count": len(unlocks),
            "unlocks": [str(unlock.id) for unlock in unlocks],
        }
        occasion = f"{first.account.program.public_id}:{first.reward.public_id}:{cause.hex}"
        yield Draft(first.member_id, occasion, figures)


def _affordable(members):
    ready = []
    for member_id, one in standings.of_members(members):
        # The cheapest comes first; what costs nothing was never out of reach.
        priced = [reward for reward in one.reachable if reward.cost > 0]
        if priced:
            ready.append((member_id, one, priced[0]))
    rounds = standings.rounds([(one.account_id, reward.cost) for _id, one, reward in ready], reached=False)
    for (member_id, one, reward), number in zip(ready, rounds, strict=True):
        figures = {
            "program": one.program.public_id,
            "account": str(one.account_id),
            "reward": reward.name,
            "count": 1,
            "cost": reward.cost,
        }
        yield Draft(member_id, f"{one.program.public_id}:{reward.public_id}:{number}", figures)


def _still_ready(figures, still_open, balances):
    if "unlocks" in figures:
        return any(id in still_open for id in figures["unlocks"])
    return balances.get(figures["account"], 0) >= figures["cost"]


CAMPAIGN = Campaign(
    "reward_ready",
    write,
    is_promotional=True,
    hears=frozenset({"purchase.recorded", "reward.unlocked", "points.activated", "bonus.given"}),
    drafts=drafts,
    outdated=outdated,
)
