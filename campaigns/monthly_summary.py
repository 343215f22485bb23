"""The monthly summary: what was, what is there, what it is good for. For everybody who wants it."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from campaigns import letters, quiet_hours
from campaigns.campaign import Campaign
from campaigns.letters import Letter, Notice
from loyalty.design import wording

_ADVICE = {
    "enough": gettext_noop("That is enough for: %(reward)s."),
    "reached": gettext_noop("Redeem them before then, for example for: %(reward)s."),
    "next_purchase": gettext_noop("With your next purchase it is enough for: %(reward)s."),
    "keep_by_buying": gettext_noop("Each purchase before then keeps them."),
}


def write(to, figures):
    words = {"month": _month(date.fromisoformat(figures["month"]), to.language), "shop": to.sender.name}
    return Letter(
        subject=_("Your %(month)s at %(shop)s") % words,
        headline=_("%(greeting)s, that was your %(month)s.") % (words | {"greeting": to.greeting}),
        button=letters.card_button(to),
        template="monthly",
        parts={"accounts": [_account(account, to) for account in figures["accounts"]]},
    )


def _account(account, to):
    unit = letters.unit(account["balance"], account)
    return {
        "balance": letters.number(account["balance"], to.language),
        "of_what": _("%(unit)s on your card") % {"unit": unit},
        "rows": _rows(account, to.language),
        "expiring": _expiring(account, to),
        "within_reach_title": _("Within reach today"),
        "within_reach": _within_reach(account, to.language),
        **_next(account, to.language),
    }


def _rows(account, language):
    rows = [
        (pgettext("summary", "Added"), account["added"]),
        (pgettext("summary", "Redeemed"), account["redeemed"]),
        (pgettext("summary", "Taken back"), account["taken_back"]),
        (pgettext("summary", "Expired"), account["expired"]),
    ]
    if account["corrected"]:
        rows.append((pgettext("summary", "Corrected"), account["corrected"]))
    return [{"label": label, "value": _signed(value, language)} for label, value in rows]


def _next(account, language):
    goal = account["next"]
    if goal is None:
        return {"next_sentence": "", "visits_sentence": "", "percent": 0}
    return {
        "next_sentence": letters.to_go(account | goal),
        "visits_sentence": _visits(goal["visits"], language),
        "percent": max(0, min(100, account["balance"] * 100 // goal["at"])),
    }


def _visits(visits, language):
    if visits is None:
        return ""
    sentence = ngettext(
        "At your usual purchases that is about one visit.",
        "At your usual purchases that is about %(visits)s visits.",
        visits,
    )
    return sentence % {"visits": wording.count_word(visits, language)}


def _expiring(account, to):
    expiring = account["expiring"]
    if expiring is None:
        return None
    # A period ends at 24:00, which is written as the next day's 0:00; people call it the day before.
    moment = datetime.fromisoformat(expiring["at"]) - timedelta(microseconds=1)
    words = {
        "amount": letters.counted(expiring["amount"], account, to.language),
        "day": letters.day(letters.local(moment, to.sender.timezone), to.language),
    }
    sentence = ngettext("%(amount)s expires on %(day)s.", "%(amount)s expire on %(day)s.", expiring["amount"])
    return Notice(sentence % words, _help(expiring["help"]))


def _help(advice):
    if not advice:
        return ""
    sentence = _ADVICE[advice["kind"]]
    return _(sentence) % {"reward": advice["reward"]}


def _within_reach(account, language):
    ready = [{"label": name, "value": pgettext("summary", "ready")} for name in account["unlocked"]]
    return ready + [
        {"label": reward["reward"], "value": letters.counted(reward["cost"], account, language)}
        for reward in account["within_reach"]
    ]


@lru_cache(maxsize=1024)
def _month(month, language):
    return format_date(month, "LLLL", locale=wording.locale(language))


@lru_cache(maxsize=4096)
def _signed(value, language):
    return wording.signed(value, language)


CAMPAIGN = Campaign(
    "monthly_summary", write, is_promotional=True, waits_for_room=True, earliest=quiet_hours.SUMMARY_EARLIEST
)
