"""What is worth doing this week: at most three things, each from the shop's own data, the most useful first."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Avg, Count, F
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty.dashboard import groups
from loyalty.design import wording
from loyalty.merchants.models import AuditEntry, Device, Merchant, Staff
from programs.accounts import Unlock
from rewards.models import Reward

MOST = 3
WAITING = timedelta(days=14)
PRINTED = "poster.downloaded"


@dataclass(frozen=True)
class Advice:
    title: str
    text: str
    action: str
    href: str
    icon: str = ""


def advice(now: datetime, merchant: Merchant) -> list[Advice]:
    """The things to do: what is missing to begin with, then guests who stay away, then rewards that wait."""
    found: list[Advice] = []
    for ask in (_pin, _counter, _poster, _lapsing, _waiting, _price, _nearly):
        if one := ask(now, merchant):
            found.append(one)
        if len(found) == MOST:
            break
    return found


def _pin(_now: datetime, _merchant: Merchant) -> Advice | None:
    if Staff.objects.filter(left_at__isnull=True).exclude(pin_hash="").exists():
        return None
    return Advice(
        _("Nobody has a PIN for the counter yet."),
        _("Without one nobody can stamp. It takes ten seconds."),
        _("Set a PIN"),
        reverse("dashboard:team"),
    )


def _counter(_now: datetime, merchant: Merchant) -> Advice | None:
    if Device.objects.filter(merchant=merchant, revoked_at__isnull=True).exists():
        return None
    return Advice(
        _("The counter is not open yet."),
        _("Sign in on the tablet or phone at the counter, and open it there."),
        _("Open the counter"),
        reverse("dashboard:team") + "#devices",
        "tablet",
    )


def _poster(_now: datetime, _merchant: Merchant) -> Advice | None:
    if AuditEntry.objects.filter(action=PRINTED).exists():
        return None
    return Advice(
        _("The poster is not printed yet."),
        _("Its code leads to the sign-up. Most guests join where they pay."),
        _("Open the poster"),
        reverse("dashboard:launch_kit"),
        "printer",
    )


def _lapsing(now: datetime, _merchant: Merchant) -> Advice | None:
    seconds = (groups.Epoch(F("last_visit_at")) - groups.Epoch(F("joined_at"))) / (F("visits") - 1)
    row = groups.members("lapsing", now).aggregate(
        count=Count("id"), usual=Avg(seconds), away=Avg(groups.Epoch(F("last_visit_at")))
    )
    if not row["count"]:
        return None
    days = max(1, round(row["usual"] / 86400))
    weeks = max(1, round((now.timestamp() - row["away"]) / 604800))
    usual = ngettext("Otherwise every day", "Otherwise every %(count)s days", days) % _counted(days)
    away = ngettext("not for one week now.", "not for %(count)s weeks now.", weeks) % _counted(weeks)
    return Advice(
        ngettext("%(count)s regular comes more rarely.", "%(count)s regulars come more rarely.", row["count"])
        % _figure(row["count"]),
        f"{usual}, {away}",
        _("See the guests"),
        reverse("dashboard:guests") + "?group=lapsing",
    )


def _waiting(now: datetime, _merchant: Merchant) -> Advice | None:
    old = Unlock.objects.filter(status=Unlock.Status.OPEN, at__lt=now - WAITING)
    count = old.values("member_id").distinct().count()
    if not count:
        return None
    return Advice(
        ngettext("A reward waits for %(count)s guest.", "A reward waits for %(count)s guests.", count)
        % _figure(count),
        _("For more than two weeks now. Who redeems comes again sooner: a word at the counter is enough."),
        _("See the guests"),
        reverse("dashboard:guests") + "?group=ready",
    )


def _price(_now: datetime, _merchant: Merchant) -> Advice | None:
    unpriced = Reward.objects.filter(
        archived_at__isnull=True, kind=Reward.Kind.PRODUCT, cost_to_merchant_minor__isnull=True
    ).first()
    if unpriced is None:
        return None
    return Advice(
        _("What does “%(reward)s” cost you?") % {"reward": unpriced.name},
        _("With the purchase price you see here what the card costs, and what is still owed."),
        _("Enter the price"),
        reverse("dashboard:rewards"),
    )


def _nearly(now: datetime, _merchant: Merchant) -> Advice | None:
    count = groups.members("nearly", now).count()
    if not count:
        return None
    return Advice(
        ngettext("%(count)s card is nearly full.", "%(count)s cards are nearly full.", count)
        % _figure(count),
        _("One or two stamps are missing. Say so at the counter: the last steps are the quickest."),
        _("See the cards"),
        reverse("dashboard:guests") + "?group=nearly",
    )


def _figure(count: int) -> dict[str, str]:
    return {"count": wording.plain(count, get_language() or "en")}


def _counted(count: int) -> dict[str, str]:
    return {"count": wording.count_word(count, get_language() or "en")}
