"""What is known of one guest: visits, rhythm, revenue, the usual hour. And the history, worded for the owner."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Sum
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import tenancy
from loyalty.design import wording
from members.models import Member
from programs import units
from programs.models import Program, Purchase
from rewards import sentences
from rewards.standing import Happening

YEAR = timedelta(days=365)
# The hours looked at for "usually here": enough for a habit, few enough for one small query.
LATEST = 100


@dataclass(frozen=True)
class Facts:
    """interval_days: between visits, None before the second. usual: (weekday 0–6, hour), None before the fourth."""

    visits: int
    interval_days: int | None
    revenue_minor: int
    usual: tuple[int, int] | None


def of(member: Member, now: datetime, timezone: str) -> Facts:
    """Two statements, whatever the guest has bought."""
    bought = Purchase.objects.filter(member=member, returned_at__isnull=True)
    sums = bought.filter(occurred_at__gt=now - YEAR).aggregate(
        net=Sum("net_minor"), back=Sum("refunded_minor")
    )
    moments = list(bought.order_by("-occurred_at").values_list("occurred_at", flat=True)[:LATEST])
    return Facts(
        visits=member.visits,
        interval_days=_interval(moments),
        revenue_minor=(sums["net"] or 0) - (sums["back"] or 0),
        usual=_usual(moments, ZoneInfo(timezone)),
    )


def _interval(moments: list[datetime]) -> int | None:
    if len(moments) < 2:
        return None
    return max(1, round((moments[0] - moments[-1]).total_seconds() / 86400 / (len(moments) - 1)))


def _usual(moments: list[datetime], zone: ZoneInfo) -> tuple[int, int] | None:
    local = [moment.astimezone(zone) for moment in moments]
    if len(local) < 4:
        return None
    [(usual, _count)] = Counter((moment.weekday(), moment.hour) for moment in local).most_common(1)
    return usual


@dataclass(frozen=True)
class Line:
    """One line of the history. change: "+1", "0" or "" where nothing is counted. tone: how its sign looks."""

    title: str
    text: str
    at: datetime
    icon: str
    tone: str
    change: str


_ICONS = {
    "welcome": ("user-plus", ""),
    "bonus": ("sparkles", ""),
    "redeem": ("gift", "reward"),
    "cancel": ("undo-2", ""),
    "refund": ("undo-2", ""),
    "expire": ("hourglass", ""),
    "adjust": ("pencil-line", ""),
    "transfer_out": ("arrow-right", ""),
    "transfer_in": ("arrow-left", ""),
    "merge": ("users-round", ""),
    "activate": ("check", ""),
}


def line(one: Happening) -> Line:
    """A happening in the words of the dashboard: what, why, where, and who booked it."""
    language = get_language() or "en"
    stamped = one.program is not None and one.program.type == "punch_card"
    missed = one.program is None or _is_missed(one.program)
    if one.kind == "purchase":
        icon, tone = ("stamp", "shop") if one.amount else ("circle-slash" if missed else "check", "")
    else:
        icon, tone = _ICONS.get(one.kind, ("history", ""))
    change = _change(one, language)
    return Line(_title(one, language, stamped), _text(one, language), one.at, icon, tone, change)


def _change(one: Happening, language: str) -> str:
    if one.program is None or not (one.amount or _is_missed(one.program)):
        return ""
    if units.counts_money(one.program) and one.amount:
        sign = "+" if one.amount > 0 else "−"
        return f"{sign}{units.counted(abs(one.amount), one.program)}"
    return wording.signed(one.amount, language)


def _title(one: Happening, language: str, stamped: bool) -> str:
    count = units.counted(abs(one.amount), one.program) if one.program else ""
    titles = {
        "purchase": _purchase_title(one, language, stamped, count),
        "welcome": _("Welcome: %(units)s") % {"units": count},
        "bonus": f"{one.title}: {count}",
        "redeem": _("Redeemed: %(reward)s") % {"reward": sentences.inside(one.title)},
        "cancel": _("Redemption taken back"),
        "refund": _("Taken back after a return"),
        "expire": _("Expired: %(units)s") % {"units": count},
        "adjust": _("Correction: %(units)s") % {"units": count},
        "transfer_out": _("Passed on: %(units)s") % {"units": count},
        "transfer_in": _("Received: %(units)s") % {"units": count},
        "merge": _("From another card: %(units)s") % {"units": count},
        "activate": _("Can be used now: %(units)s") % {"units": count},
    }
    return titles.get(one.kind, one.kind)


def _purchase_title(one: Happening, language: str, stamped: bool, count: str) -> str:
    if one.program is None:
        return _("Purchase without a card program")
    if not one.amount:
        return _("No stamp") if stamped else _("No points") if _is_missed(one.program) else _("Purchase")
    if stamped:
        words = {"count": wording.count_word(one.amount, language)}
        return sentences.capitalised(ngettext("%(count)s stamp", "%(count)s stamps", one.amount) % words)
    return count


def _is_missed(program: Program) -> bool:
    """Whether a purchase that gave nothing is worth a word: elsewhere purchases collect nothing."""
    return program.unit_singular == "stamp" or units.gives_points(program)


def _text(one: Happening, language: str) -> str:
    parts = list(one.reasons)
    if one.kind == "adjust" and parts:
        parts = [_("“%(reason)s”") % {"reason": parts[0]}]
    if one.amount_minor:
        parts.append(wording.amount(one.amount_minor, tenancy.merchant().currency, language) + ".")
    if one.location:
        parts.append(_("At %(location)s.") % {"location": one.location})
    if one.actor:
        parts.append(_("Booked by %(actor)s.") % {"actor": one.actor})
    if one.taken_back:
        parts.append(_("Taken back since."))
    return " ".join(parts)
