"""A member subscribes to a plan. Rule: docs/rules/vip.md, "Subscribing"."""

from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loyalty import clock, tenancy
from loyalty.errors import Invalid, Refused
from members import locking
from members.models import Member
from programs import catalogue, ledger
from programs.models import Program
from programs.subscriptions import gifts, holding, paying, periods, stripe_link
from programs.subscriptions.models import Subscription
from programs.types.paid_vip import PaidVip

Status, By = Subscription.Status, Subscription.Payment


class AlreadySubscribed(Refused):
    code = "already_subscribed"
    sentence = gettext_lazy("This guest has a subscription already: %(plan)s.")


class ProgramNotRunning(Refused):
    code = "program_not_running"
    sentence = gettext_lazy("This program does not run at the moment.")


class MemberInactive(Refused):
    code = "not_eligible"
    sentence = gettext_lazy("This guest is no longer a member.")


def subscribe(
    *, member, program, plan, payment=By.COUNTER, external_id=None, actor=""
) -> tuple[Subscription, str]:
    """Begin a subscription. Returns it and, where it is paid by Stripe, the address of the checkout (else "").

    plan: its name in the program. external_id: the sender's own for the first fee taken at the counter.
    Locks the member, and an unfinished checkout's subscription before it. Raises AlreadySubscribed, Invalid,
    ProgramNotRunning, MemberInactive; with Stripe also what stripe_link.open_checkout raises.
    """
    live = _running(program)
    chosen = live.settings.plan(plan)
    if chosen is None:
        names = ", ".join(one.name for one in live.settings.plans)
        raise Invalid({"plan": [_("There is no such plan. There are: %(names)s.") % {"names": names}]})
    _let_go_of_unfinished(member, program)
    locking.lock([member.id])
    if not Member.objects.filter(id=member.id, status=Member.Status.ACTIVE).exists():
        raise MemberInactive(member=member.public_id)
    _refuse_a_second(member, program)
    trial_days = 0 if _had_before(member, program) else chosen.trial_days
    row = _new(member, live, chosen, payment, trial_days)
    row.save(force_insert=True)
    held = holding.held(row)
    if payment == By.STRIPE:
        row.stripe_session, url = stripe_link.open_checkout(row, trial_days=trial_days)
        row.save(update_fields=["stripe_session"])
        return row, url
    if not trial_days:
        paying.take(
            held, period=1, starts_on=row.anchor_on, at=row.started_at, actor=actor, external_id=external_id
        )
        gifts.give(held, at=row.started_at)
    held.save(at=row.started_at, reason="trial" if trial_days else "paid")
    held.tell("started", at=row.started_at)
    return row, ""


def _running(program):
    live = catalogue.current(Program.objects.filter(id=program.id))[0]
    if not isinstance(live.type, PaidVip):
        raise Invalid({"program": [_("This is not a program with paid plans.")]})
    if live.program.status != Program.Status.ACTIVE or not catalogue.runs_at(live, clock.now()):
        raise ProgramNotRunning(program=live.program.public_id)
    return live


def _new(member, live, plan, payment, trial_days):
    """The row as it begins: a trial is period 0, and renewals are counted from its end."""
    now, timezone = clock.now(), tenancy.merchant().timezone
    today = periods.local_day(now, timezone)
    anchor = today + timedelta(days=trial_days)
    ends_on = anchor if trial_days else periods.following(anchor, plan.interval, today)
    by_stripe = payment == By.STRIPE
    begun = Status.TRIALING if trial_days else Status.ACTIVE
    sheet = ledger.open_sheets([(member.id, live.program.id)])[member.id, live.program.id]
    return Subscription(
        member=member, account_id=sheet.id, program=live.program, version_id=live.version_id, plan=plan.name,
        price_minor=plan.price_minor, currency=tenancy.merchant().currency, interval=plan.interval, payment=payment,
        status=Status.PENDING if by_stripe else begun, covers=not by_stripe, started_at=now, anchor_on=anchor,
        period=0 if trial_days or by_stripe else 1, period_starts_at=now,
        period_ends_at=periods.start_of(ends_on, timezone),
    )  # fmt: skip


def _refuse_a_second(member, program):
    # Under the member's lock: of two at once the second sees the first. The constraint is the last guard.
    living = Subscription.objects.filter(member=member, program=program).exclude(status=Status.ENDED).first()
    if living is not None:
        raise AlreadySubscribed(subscription=living.public_id, plan=living.plan)


def _let_go_of_unfinished(member, program):
    """A checkout that was opened and never finished does not stand in the way: it is closed, here and at Stripe."""
    rows = Subscription.objects.select_for_update(no_key=True)
    for row in rows.filter(member=member, program=program, status=Status.PENDING):
        stripe_link.close_checkout(row.stripe_session)
        row.status, row.ended_at = Status.ENDED, clock.now()
        row.save(update_fields=["status", "ended_at"])


def _had_before(member, program):
    """Whether the trial is used: it is given once. A checkout that nobody finished was none."""
    earlier = Subscription.objects.filter(member=member, program=program)
    return earlier.exclude(payment=By.STRIPE, stripe_subscription=None).exists()
