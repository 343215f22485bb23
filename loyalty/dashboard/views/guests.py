"""The list of guests, new ones, and the list to take along."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from loyalty import clock, tenancy
from loyalty.dashboard import groups, guest_list
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.guests import GuestForm
from loyalty.dashboard.pages import page, tell
from loyalty.errors import Refused
from loyalty.merchants import auditing
from loyalty.merchants.models import Merchant
from members import finding
from members.joining import AlreadyMember
from members.models import Member
from programs import enrolling
from programs.accounts import Account

CHUNK = 1000


@with_merchant
@require_GET
def guests(request: MerchantRequest) -> HttpResponse:
    """The list: searched, filtered, sorted; a page forwards and back."""
    now = clock.now()
    asked = {name: request.GET.get(name, "").strip() for name in ("group", "q", "sort")}
    sort = asked["sort"] if asked["sort"] in guest_list.SORTS else "seen"
    found = guest_list.page(
        now,
        group=asked["group"],
        search=asked["q"],
        sort=sort,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    counts = groups.counts(now)
    context = {
        "found": found,
        "search": asked["q"],
        "sort": sort,
        "columns": _columns(found, sort, asked),
        "groups": _filters(counts, asked),
        "group": groups.BY_KEY.get(asked["group"], groups.GROUPS[0]),
        "total": counts["all"],
        "count": counts.get(asked["group"] or "all", 0),
        "next": _address(asked, after=found.after) if found.after else "",
        "previous": _address(asked, before=found.before) if found.before else "",
        "clear": _address({**asked, "q": ""}),
    }
    template = "dashboard/parts/guest_rows.html" if request.htmx else "dashboard/guests.html"
    return page(request, template, "guests", context)


def _columns(found: guest_list.Page, sort: str, asked: dict[str, str]) -> list[dict[str, object]]:
    card = found.live.program.name if found.live else _("Card")
    columns = [
        ("name", _("Name"), False),
        ("balance", card, False),
        ("seen", _("Last here"), False),
        ("", _("Twelve weeks"), False),
        ("", _("Visits"), True),
        ("", _("Revenue, 12 months"), True),
    ]
    return [
        {
            "label": label,
            "num": number,
            "sort": ("ascending" if key == "name" else "descending") if key and key == sort else "",
            "href": _address({**asked, "sort": key}) if key else "",
        }
        for key, label, number in columns
    ]


def _filters(counts: dict[str, int], asked: dict[str, str]) -> list[dict[str, object]]:
    current = asked["group"] if asked["group"] in groups.BY_KEY else "all"
    return [
        {
            "label": group.label,
            "count": counts[group.key],
            "href": _address({**asked, "group": "" if group.key == "all" else group.key}),
            "current": group.key == current,
        }
        for group in groups.GROUPS
        if counts[group.key] or group.key in ("all", current)
    ]


def _address(asked: dict[str, str], **more: str) -> str:
    given = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{reverse('dashboard:guests')}?{urlencode(given)}" if given else reverse("dashboard:guests")


@with_merchant
@require_http_methods(["GET", "POST"])
def new_guest(request: MerchantRequest) -> HttpResponse:
    """Give somebody a card by hand, e.g. who has no phone at hand."""
    form = GuestForm(request.POST or None)
    known = None
    if form.is_valid():
        try:
            columns = {name: value for name, value in form.columns().items() if value}
            member = enrolling.join(**columns, source="dashboard")
            auditing.record(request.actor, "member.joined", member.public_id)
            tell(request, _("The card is made."))
            return redirect("dashboard:guest", member.public_id)
        except AlreadyMember as refused:
            known = refused.member
            form.add_error(None, _("This address has a card already."))
        except Refused as refused:
            show(refused, form)
    return page(request, "dashboard/new_guest.html", "guests", {"form": form, "known": known})


@with_merchant
@require_GET
def export(request: MerchantRequest, kind: str) -> HttpResponseBase:
    """Everybody with a card, as CSV or JSON, streamed; each chunk in a short transaction of its own."""
    write = {"csv": _as_csv, "json": _as_json}.get(kind)
    if write is None:
        raise Http404
    auditing.record(request.actor, "members.exported", request.merchant.public_id, kind=kind)
    types = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
    answer = StreamingHttpResponse(write(lambda: _chunks(request.merchant)), content_type=types[kind])
    name = f"{request.merchant.slug}-{clock.today(request.merchant.timezone).isoformat()}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


Chunks = Callable[[], Iterator[list[dict[str, object]]]]


def _chunks(merchant: Merchant) -> Iterator[list[dict[str, object]]]:
    last = None
    while True:
        with tenancy.scope(merchant):
            found = Member.objects.filter(status=Member.Status.ACTIVE).order_by("id")
            members = list((found.filter(id__gt=last) if last else found)[:CHUNK])
            rows = _exported(members)
        if not rows:
            return
        yield rows
        last = members[-1].id


def _exported(members: list[Member]) -> list[dict[str, object]]:
    accounts: dict[object, list[dict[str, object]]] = {}
    held = Account.objects.filter(member_id__in=[member.id for member in members]).select_related("program")
    for row in held.order_by("program_id"):
        balance = {"program": row.program.name, "balance": row.balance - row.debt, "pending": row.pending}
        accounts.setdefault(row.member_id, []).append(balance)
    cards = finding.cards_of(members)
    return [
        {
            "number": member.number,
            "name": member.name,
            "email": member.email,
            "phone": member.phone or "",
            "birthday": member.birthday.isoformat() if member.birthday else "",
            "language": member.language,
            "external_id": member.external_id or "",
            "joined_at": member.joined_at.isoformat(),
            "visits": member.visits,
            "last_visit_at": member.last_visit_at.isoformat() if member.last_visit_at else "",
            "card": finding.card_url(cards[member.id]) if member.id in cards else "",
            "accounts": accounts.get(member.id, []),
        }
        for member in members
    ]


def _as_csv(chunks: Chunks) -> Iterator[str]:
    """One line per guest; a column for each program's balance, as far as the first chunk knows them."""
    columns: list[str] = []
    for number, rows in enumerate(chunks()):
        buffer = io.StringIO()
        writer = csv.writer(buffer, delimiter=";")
        if number == 0:
            columns = sorted({str(one["program"]) for row in rows for one in row["accounts"]})
            # The mark makes spreadsheets read the umlauts.
            buffer.write("\ufeff")
            writer.writerow([*(name for name in rows[0] if name != "accounts"), *columns])
        for row in rows:
            balances = {one["program"]: one["balance"] for one in row["accounts"]}
            facts = [_harmless(value) for name, value in row.items() if name != "accounts"]
            writer.writerow([*facts, *(balances.get(name, 0) for name in columns)])
        yield buffer.getvalue()


def _harmless(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers of phones stay."""
    text = str(value)
    if text[:1] in ("=", "@", "-", "\t", "\r") or (text[:1] == "+" and not text[1:].isdigit()):
        return f"'{text}"
    return value


def _as_json(chunks: Chunks) -> Iterator[str]:
    yield "["
    separator = "\n"
    for rows in chunks():
        for row in rows:
            yield separator + json.dumps(row, ensure_ascii=False)
            separator = ",\n"
    yield "\n]\n"
