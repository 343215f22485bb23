"""Welcome: the card, in the mail. Asks to confirm the consent that was ticked, where one was (double opt-in)."""

from django.utils.translation import gettext as _

from campaigns import confirming, letters, standings
from campaigns.campaign import Campaign, Draft
from campaigns.letters import Button, Letter, Notice


def drafts(members):
    """A draft for each new member, with what the card has to begin with."""
    begun = {id: one for id, one in reversed(standings.of_members(members)) if one.spendable > 0}
    waiting = confirming.waiting(member.id for member in members)
    return [
        Draft(member.id, "joined", _figures(begun.get(member.id), member.id in waiting)) for member in members
    ]


def write(to, figures):
    shop = {"shop": to.sender.name}
    sentences = [_("Your card at %(shop)s is ready.") % shop]
    if "balance" in figures:
        there = letters.counted_in_words(figures["balance"], figures, to.language)
        sentences.append(_("On it already: %(there)s.") % {"there": there})
    sentences.append(
        _("Keep this e-mail, or put the card on your home screen, so that it is at hand at the counter.")
    )
    return Letter(
        subject=_("Your card at %(shop)s") % shop,
        headline=f"{to.greeting}.",
        paragraphs=tuple(sentences),
        notice=_asks_to_confirm(to) if to.confirm_url else None,
        button=letters.card_button(to),
    )


def _asks_to_confirm(to):
    return Notice(
        _("One click is still missing."),
        _("You want news from %(shop)s by e-mail. Please confirm that this address is yours.")
        % {"shop": to.sender.name},
        Button(_("Yes, send me news"), to.confirm_url),
    )


def _figures(standing, asks_to_confirm):
    figures = {"confirm": True} if asks_to_confirm else {}
    if standing:
        figures |= {"balance": standing.spendable, **letters.unit_of(standing)}
    return figures


CAMPAIGN = Campaign("welcome", write, hears=frozenset({"member.joined"}), drafts=drafts)
