"""The card: what is there, what it is worth, what is missing, what happened."""

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty import clock, tenancy
from loyalty.card import levels, pack_codes, pages, shop
from loyalty.design import wording
from rewards import sentences, standing

SHOWN_ON_CARD = 6
SHOWN_ON_PAGE = 50
NEW_FOR = timedelta(minutes=30)


@require_safe
@shop.of_card
def card(request, member, token):
    """The card page. `?new=1` right after joining: keeping the card is the one task then.

    The address is shown then alone, for slips of the finger: later on others may hold the card's code.
    """
    standings = standing.of(member)
    happenings = standing.history(member, limit=SHOWN_ON_CARD + 1)
    is_new = "new" in request.GET and clock.now() - member.joined_at < NEW_FOR
    first, others = standings[:1], standings[1:]
    points = [one for one in standings if not one.stamps_required]
    waiting = pages.vouchers(others, token) + pages.handed_out(standings)
    context = shop.context(
        request, card=pages.card(member, standings, token),
        upper=_upper(first, token, member, is_new), others=[pages.other(one) for one in others],
        vouchers=waiting + pages.held(member, waiting),
        **_perks(standings),
        rewards=[row for one in points for row in pages.rewards(one, token)],
        expiry=next(filter(None, (pages.expiry(one) for one in standings)), None),
        install_url=reverse("card_install", args=[token]), manifest_url=reverse("card_manifest", args=[token]),
        keep={"sent_to": member.email} if is_new else None,
        history=pages.history_rows(happenings[:SHOWN_ON_CARD]),
        history_url=reverse("card_history", args=[token]) if len(happenings) > SHOWN_ON_CARD else "",
        history_empty=_("After each visit it says here what you got, and why."),
        more=[link for link in (pack_codes.link(token), _settings_link(token)) if link],
    )  # fmt: skip
    return render(request, "card/card.html", context)


@require_safe
@shop.of_card
def history(request, member, token):
    """Everything that happened, by month, fifty at a time."""
    before = _moment(request.GET.get("before"))
    rows = standing.history(member, limit=SHOWN_ON_PAGE + 1, before=before)
    zone = ZoneInfo(tenancy.merchant().timezone)
    months = defaultdict(list)
    for one in rows[:SHOWN_ON_PAGE]:
        months[one.at.astimezone(zone).date().replace(day=1)].append(one)
    older = (
        f"?before={rows[SHOWN_ON_PAGE - 1].at.isoformat()}".replace("+", "%2B")
        if len(rows) > SHOWN_ON_PAGE
        else ""
    )
    return render(request, "card/history.html", shop.context(
        request, holder=member.name, back_url=reverse("card", args=[token]), older_url=older,
        empty=_("After each visit it says here what you got, and why."),
        months=[{"title": wording.month(day, get_language()), "history": pages.history_rows(ones)}
                for day, ones in months.items()],
    ))  # fmt: skip


@require_safe
@shop.of_card
def install(request, member, token):
    """How to put the card on the home screen, for those whose browser does not offer it."""
    return render(request, "card/install.html", shop.context(
        request, back_url=reverse("card", args=[token]), manifest_url=reverse("card_manifest", args=[token])
    ))  # fmt: skip


@require_safe
@shop.of_card
def manifest(request, member, token):
    """What a phone needs to keep the card on its home screen."""
    merchant = tenancy.merchant()
    return JsonResponse(
        {
            "name": merchant.name, "short_name": merchant.name[:12], "start_url": reverse("card", args=[token]),
            "scope": reverse("card", args=[token]), "display": "standalone", "theme_color": merchant.colour,
            "background_color": "#F6F5F1", "lang": get_language()[:2],
            "icons": [{"src": reverse("card_icon", args=[merchant.slug]), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )  # fmt: skip


def _settings_link(token):
    return {"icon": "settings-2", "title": _("Messages and data"), "url": reverse("card_settings", args=[token]),
            "text": _("Consents, language, export, deletion")}  # fmt: skip


def _perks(standings):
    return next((found for found in (levels.perks(one) for one in standings) if found), {})


def _upper(first, token, member, is_new):
    if not first:
        return {"kind": "points", "title": tenancy.merchant().name, "balance": 0, "unit": "", "aside": "",
                "next": _("There is nothing to collect here at the moment."), "note": ""}  # fmt: skip
    leaf = pages.upper(first[0], token)
    if is_new:
        name = member.name.split(" ")[0]
        leaf |= {"next": _("Welcome, %(name)s.") % {"name": name}, "note": sentences.next_step(first[0])}
    return leaf


def _moment(text):
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
