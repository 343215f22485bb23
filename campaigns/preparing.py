"""The monthly summaries are prepared: chunk by chunk, each with its place in the run, so that a crash resumes."""

from datetime import date

from campaigns import audience, messages, monthly_figures
from campaigns.campaign import Draft
from campaigns.models import MonthlySummaryRun
from campaigns.monthly_summary import CAMPAIGN
from loyalty import clock, tenancy
from loyalty.merchants.models import Merchant
from members.models import Member
from programs.expiry import add_months, midnight

CHUNK = 500
# After an outage summaries are still news in the first week of the month.
DAYS_OF_GRACE = 7


def month_due(merchant: Merchant) -> date | None:
    """The month (its first day) whose summary is due by the clock, in the merchant's calendar, or None.

    That is last month's, from the first on; not of a merchant who was not there yet.
    """
    today = clock.today(merchant.timezone)
    begun = today.replace(day=1)
    if today.day > DAYS_OF_GRACE or merchant.created_at >= midnight(begun, merchant.timezone):
        return None
    return add_months(begun, -1)


def prepare(merchant: Merchant, month: date) -> int:
    """Write the summaries of a month for all members who want them; return how many members were looked at.

    Each chunk is one transaction, with its place in the run. Where another worker is at it this one leaves it be.
    """
    looked_at = 0
    while chunk := prepare_chunk(merchant, month):
        looked_at += chunk
    return looked_at


def prepare_chunk(merchant: Merchant, month: date) -> int:
    """One chunk of the run, committed with its place in it; how many members were looked at. 0: it is finished."""
    with tenancy.scope(merchant):
        run = _run(month)
        if run is None:
            return 0
        since, until = (midnight(day, merchant.timezone) for day in (month, add_months(month, 1)))
        members = _next_members(run, joined_before=until)
        _write(members, month, since, until)
        if members:
            run.after_member_id = members[-1].id
        else:
            run.finished_at = clock.now()
        run.save(update_fields=["after_member_id", "finished_at"])
        return len(members)


def _run(month):
    """The unfinished run of the month, locked; None if it is done, or in another worker's hands."""
    MonthlySummaryRun.objects.bulk_create([MonthlySummaryRun(month=month)], ignore_conflicts=True)
    runs = MonthlySummaryRun.objects.select_for_update(skip_locked=True, no_key=True)
    return runs.filter(month=month, finished_at=None).first()


def _next_members(run, *, joined_before):
    members = Member.objects.filter(status=Member.Status.ACTIVE, joined_at__lt=joined_before).exclude(
        email=""
    )
    if run.after_member_id:
        members = members.filter(id__gt=run.after_member_id)
    return list(members.order_by("id")[:CHUNK])


def _write(members, month, since, until):
    wanting = audience.consenting({member.id: member for member in members})
    if not wanting:
        return
    figures = monthly_figures.of_members(list(wanting.values()), since, until)
    drafts = (
        Draft(member_id, f"{month:%Y-%m}", {"month": month.isoformat(), "accounts": accounts})
        for member_id, accounts in figures.items()
    )
    # Where the first comes later than in the shop, so does the summary.
    messages.put(CAMPAIGN, drafts, wanting, from_day=add_months(month, 1))
