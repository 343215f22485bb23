"""Paid online. Rule: docs/rules/vip.md, "Paying by Stripe".

The real client of Stripe speaks to a stand-in on this machine, and what that signs comes in at the real address.
"""

import itertools
import json
import random
from datetime import UTC, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from loyalty import tenancy
from loyalty.events.models import Event
from programs.subscriptions import changing, paying, stripe_link, subscribing
from programs.subscriptions.models import StripeAccount, StripeEvent, Subscription
from tests import makers
from tests.programs import books
from tests.subscriptions import shop, stripe_double
from tests.subscriptions.shop import MONTHLY, noon

pytestmark = pytest.mark.django_db
BEGUN = noon(2026, 1, 31).astimezone(UTC)
HOUR, DAY = 3600, 86400


@pytest.fixture
def at_stripe(settings):
    with stripe_double.running(BEGUN) as double:
        settings.STRIPE_API_BASE = double.url
        yield double


@pytest.fixture
def gym(db, at_stripe):
    merchant = shop.gym()
    with tenancy.scope(merchant):
        stripe_link.set_up(
            secret_key=stripe_double.SECRET_KEY, webhook_secret=stripe_double.WEBHOOK_SECRET, actor="Aylin"
        )
    return merchant


@pytest.fixture
def club(gym):
    return shop.club(gym, gifts=["Ein Shake"])


@pytest.fixture
def post(gym):
    """A function that delivers events: each status is returned."""
    address = reverse("webhooks:stripe", args=[gym.public_id])

    def deliver(*events, **signed):
        statuses = []
        for event in events:
            payload = json.dumps(event)
            header = stripe_double.signature(payload, **signed)
            response = Client(enforce_csrf_checks=True).post(
                address, payload, content_type="application/json", headers={"Stripe-Signature": header}
            )
            statuses.append(response.status_code)
        return statuses

    return deliver


@pytest.fixture
def hers(gym, mira, club):
    """Mira's subscription, its checkout open."""
    return shop.subscribe(gym, mira, club, payment="stripe")


@pytest.fixture
def paid(gym, hers, at_stripe, post):
    """The id at Stripe of Mira's subscription, paid and told of."""
    named = at_stripe.guest_pays(hers.stripe_session)
    post(*at_stripe.taken())
    return named


def turn(gym, double):
    """The merchant's clock shows what it is at Stripe."""
    shop.live_until(gym, BEGUN + timedelta(seconds=double.now - int(BEGUN.timestamp())))


def test_until_the_guest_has_paid_there_are_no_benefits(gym, mira, club, hers, at_stripe):
    assert (hers.status, hers.covers, shop.level(gym, mira, club)) == ("pending", False, "")
    asked = at_stripe.sessions[hers.stripe_session]["asked"]
    price = asked["line_items"]["0"]["price_data"]
    assert (price["unit_amount"], price["currency"], price["recurring"]) == (
        "990",
        "eur",
        {"interval": "month"},
    )
    assert asked["subscription_data"] == {"metadata": {"subscription": hers.public_id}}


def test_the_guest_is_sent_to_stripe_and_back_to_the_card(gym, mira, club, at_stripe):
    with tenancy.scope(gym):
        begun, url = subscribing.subscribe(member=mira, program=club, plan="Club", payment="stripe")
    session = at_stripe.sessions[begun.stripe_session]
    assert url == session["url"]
    assert "/card/" in session["asked"]["success_url"]


def test_paid_it_is_active_and_the_fee_is_written_down(gym, mira, club, hers, paid):
    now = shop.read(gym, hers)
    assert (now.status, now.stripe_subscription, now.period_ends_at) == (
        "active",
        paid,
        BEGUN + timedelta(days=31),
    )
    assert shop.level(gym, mira, club) == "Club"
    assert shop.fees(gym, hers) == [("2026-01-31", 990)]
    assert [gift[:2] for gift in shop.gifts(gym, mira)] == [("Ein Shake", "taken")]
    assert [kind for kind, _at in shop.news(gym)] == ["started", "paid"]


def test_a_trial_at_stripe_is_a_trial_here(gym, mira, at_stripe, post):
    program = shop.club(gym, MONTHLY | {"trial_days": 14}, gifts=["Ein Tee"])
    hers = shop.subscribe(gym, mira, program, payment="stripe")
    at_stripe.guest_pays(hers.stripe_session)
    post(*at_stripe.taken())
    now = shop.read(gym, hers)
    assert (now.status, now.period_ends_at) == ("trialing", BEGUN + timedelta(days=14))
    assert (shop.fees(gym, hers), shop.gifts(gym, mira)) == ([], [])


def test_each_month_is_renewed_and_paid_once(gym, mira, club, hers, paid, at_stripe, post):
    at_stripe.month_passes(paid)
    turn(gym, at_stripe)
    post(*at_stripe.taken())
    now = shop.read(gym, hers)
    assert (now.status, now.period_ends_at) == ("active", BEGUN + timedelta(days=62))
    assert shop.fees(gym, hers) == [("2026-01-31", 990), ("2026-03-03", 990)]
    assert [kind for kind, _at in shop.news(gym)] == ["started", "paid", "renewed", "paid"]


def test_an_event_that_comes_twice_is_followed_once(gym, mira, club, hers, at_stripe, post):
    at_stripe.guest_pays(hers.stripe_session)
    events = at_stripe.taken()
    assert post(*events) == [200] * 4
    before = books.rows(gym)
    assert post(*events, *reversed(events)) == [200] * 8
    assert books.rows(gym) == before


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_in_whatever_order_the_first_events_come_it_is_active(gym, mira, club, hers, at_stripe, post, order):
    at_stripe.guest_pays(hers.stripe_session)
    events = at_stripe.taken()
    post(*(events[place] for place in order))
    assert shop.read(gym, hers).status == "active"
    assert shop.fees(gym, hers) == [("2026-01-31", 990)]
    assert len(shop.gifts(gym, mira)) == 1
    assert [change[:3] for change in shop.changes(gym, mira)] == [("", "Club", "paid")]


@pytest.mark.parametrize("seed", range(8))
def test_a_whole_story_told_in_any_order_ends_where_it_ends(gym, mira, club, hers, at_stripe, post, seed):
    """Paid, a month, declined, paid after all, cancelled: shuffled, and every other event twice."""
    named = at_stripe.guest_pays(hers.stripe_session)
    at_stripe.month_passes(named)
    at_stripe.month_passes(named, declined=True)
    at_stripe.wait(2 * DAY)
    at_stripe.card_works_again(named)
    at_stripe.wait(DAY)
    at_stripe.cancel_subscription(named)
    events = at_stripe.taken()
    chance = random.Random(seed)
    mixed = chance.sample(events + events[::2], k=len(events) + len(events[::2]))
    assert set(post(*mixed)) == {200}
    assert shop.read(gym, hers).status == "ended"
    assert shop.level(gym, mira, club) == ""
    assert len(shop.fees(gym, hers)) == 3
    with tenancy.scope(gym):
        assert StripeEvent.objects.count() == len(events)


def test_an_old_event_that_comes_late_changes_nothing(gym, mira, club, hers, paid, at_stripe, post):
    at_stripe.month_passes(paid, declined=True)
    late = at_stripe.taken()
    at_stripe.wait(2 * DAY)
    at_stripe.card_works_again(paid)
    turn(gym, at_stripe)
    post(*at_stripe.taken())
    assert shop.read(gym, hers).status == "active"
    assert post(*late) == [200]
    assert (shop.read(gym, hers).status, shop.level(gym, mira, club)) == ("active", "Club")


def test_a_declined_card_leaves_benefits_for_the_grace_and_then_they_rest(
    gym, mira, club, hers, paid, at_stripe, post
):
    at_stripe.month_passes(paid, declined=True)
    turn(gym, at_stripe)
    post(*at_stripe.taken())
    due = shop.read(gym, hers)
    assert (due.status, shop.level(gym, mira, club)) == ("past_due", "Club")
    shop.live_until(gym, due.grace_until_at)
    assert (shop.read(gym, hers).status, shop.level(gym, mira, club)) == ("past_due", "")
    at_stripe.wait(20 * DAY)
    at_stripe.card_works_again(paid)
    turn(gym, at_stripe)
    post(*at_stripe.taken())
    assert (shop.read(gym, hers).status, shop.level(gym, mira, club)) == ("active", "Club")


def test_when_stripe_gives_up_it_has_ended_unpaid(gym, mira, club, hers, paid, at_stripe, post):
    at_stripe.month_passes(paid, declined=True)
    at_stripe.wait(10 * DAY)
    at_stripe.gives_up(paid)
    turn(gym, at_stripe)
    post(*at_stripe.taken())
    assert shop.read(gym, hers).status == "ended"
    assert shop.changes(gym, mira)[-1][1:3] == ("", "unpaid")


def test_what_stripe_never_told_of_does_not_last_beyond_the_grace(gym, mira, club, hers, paid):
    last = BEGUN + timedelta(days=31 + 14)
    shop.live_until(gym, last - timedelta(days=1))
    assert shop.level(gym, mira, club) == "Club"
    shop.live_until(gym, last)
    assert (shop.read(gym, hers).status, shop.level(gym, mira, club)) == ("past_due", "")


def test_cancelled_here_it_is_cancelled_at_stripe_and_taken_back_there_too(gym, hers, paid, at_stripe, post):
    assert shop.do(gym, changing.cancel, hers, at="period_end").status == "cancelled"
    assert at_stripe.subscriptions[paid]["cancel_at_period_end"] is True
    at_stripe.wait(HOUR)
    assert shop.do(gym, changing.resume, hers).status == "active"
    assert at_stripe.subscriptions[paid]["cancel_at_period_end"] is False
    post(*reversed(at_stripe.taken()))
    assert shop.read(gym, hers).status == "active"


def test_cancelled_now_here_it_is_over_there(gym, mira, hers, paid, at_stripe, post):
    assert shop.do(gym, changing.cancel, hers, at="now").status == "ended"
    assert at_stripe.subscriptions[paid]["status"] == "canceled"
    post(*at_stripe.taken())
    assert [change[2] for change in shop.changes(gym, mira)] == ["paid", "cancelled"]


def test_cancelled_in_the_portal_it_is_cancelled_here(gym, hers, paid, at_stripe, post):
    at_stripe.wait(HOUR)
    at_stripe.update_subscription(paid, {"cancel_at_period_end": "true"})
    post(*at_stripe.taken())
    assert shop.read(gym, hers).status == "cancelled"


def test_a_pause_takes_no_fee_and_the_days_left_come_after_it(gym, mira, club, hers, paid, at_stripe, post):
    at_stripe.wait(11 * DAY)
    turn(gym, at_stripe)
    paused = shop.do(gym, changing.pause, hers)
    assert (paused.status, paused.days_left) == ("paused", 20)
    assert at_stripe.subscriptions[paid]["pause_collection"] == {"behavior": "void"}
    post(*at_stripe.taken())
    assert (shop.read(gym, hers).status, shop.level(gym, mira, club)) == ("paused", "")
    at_stripe.wait(40 * DAY)
    turn(gym, at_stripe)
    shop.do(gym, changing.resume, hers)
    post(*at_stripe.taken())
    resumed = shop.read(gym, hers)
    assert resumed.status == "active"
    assert (resumed.period_ends_at.astimezone(shop.BERLIN).date() - noon(2026, 3, 23).date()).days == 20
    assert shop.level(gym, mira, club) == "Club"


def test_a_fee_that_is_paid_online_is_not_taken_at_the_counter(gym, hers, paid):
    with books.refused(gym, "paid_by_stripe"):
        shop.do(gym, paying.pay, hers)


def test_a_checkout_that_nobody_finished_does_not_stand_in_the_way(gym, mira, club, hers, at_stripe):
    again = shop.subscribe(gym, mira, club)
    assert (shop.read(gym, hers).status, again.status) == ("ended", "active")
    assert at_stripe.sessions[hers.stripe_session]["status"] == "expired"


def test_a_checkout_that_was_just_finished_does(gym, mira, club, hers, at_stripe):
    at_stripe.guest_pays(hers.stripe_session)
    with books.refused(gym, "stripe_refused"):
        subscribing.subscribe(member=mira, program=club, plan="Club")


def test_a_checkout_that_ran_out_at_stripe_has_ended_here(gym, hers, at_stripe, post):
    at_stripe.expire_session(hers.stripe_session)
    post(*at_stripe.taken())
    assert shop.read(gym, hers).status == "ended"


def test_what_else_the_merchant_sells_at_stripe_is_none_of_ours(gym, hers, at_stripe, post):
    theirs = {
        "id": "sub_other",
        "status": "active",
        "metadata": {},
        "customer": "cus_x",
        "items": {"data": []},
    }
    at_stripe.tell("customer.subscription.updated", theirs)
    at_stripe.tell("payout.paid", {"id": "po_1"})
    at_stripe.tell("customer.subscription.updated", theirs | {"metadata": {"subscription": "sub_nonsense"}})
    assert post(*at_stripe.taken()) == [200] * 3
    assert shop.read(gym, hers).status == "pending"


@pytest.mark.parametrize("wrong", ["secret", "too_old", "changed", "none", "no_event"])
def test_what_stripe_has_not_signed_just_now_is_refused_and_nothing_is_written(gym, hers, at_stripe, wrong):
    at_stripe.guest_pays(hers.stripe_session)
    payload = "[1]" if wrong == "no_event" else json.dumps(at_stripe.taken()[1])
    signed = {"secret": {"secret": "whsec_other"}, "too_old": {"at": 1_700_000_000}}.get(wrong, {})
    header = {} if wrong == "none" else {"Stripe-Signature": stripe_double.signature(payload, **signed)}
    sent = payload.replace("active", "canceled") if wrong == "changed" else payload
    before = books.rows(gym)
    address = reverse("webhooks:stripe", args=[gym.public_id])
    response = Client().post(address, sent, content_type="application/json", headers=header)
    assert response.status_code == 400
    assert books.rows(gym) == before


def test_another_merchants_signature_opens_nothing_here(gym, hers, at_stripe, post):
    at_stripe.guest_pays(hers.stripe_session)
    other = makers.merchant("Studio")
    with tenancy.scope(other):
        stripe_link.set_up(secret_key="sk_test_other", webhook_secret="whsec_other", actor="")
    event = at_stripe.taken()[1]
    payload = json.dumps(event)
    for merchant, secret, status in ((gym, "whsec_other", 400), (other, "whsec_other", 200)):
        header = {"Stripe-Signature": stripe_double.signature(payload, secret=secret)}
        address = reverse("webhooks:stripe", args=[merchant.public_id])
        assert Client().post(address, payload, "application/json", headers=header).status_code == status
    assert shop.read(gym, hers).status == "pending"


@pytest.mark.parametrize("address", ["mer_0192f0000000700080000000000000ff", "nonsense"])
def test_at_an_address_of_nobody_there_is_nothing(db, address):
    assert Client().post(f"/webhooks/stripe/{address}/", b"{}", "application/json").status_code == 404


def test_without_an_account_nobody_is_sent_to_stripe(db):
    merchant = shop.gym()
    guest, program = makers.member(merchant), shop.club(merchant)
    with books.refused(merchant, "stripe_not_set_up"), tenancy.scope(merchant):
        subscribing.subscribe(member=guest, program=program, plan="Club", payment="stripe")


def test_while_stripe_is_down_it_is_said_so(gym, mira, club, at_stripe):
    at_stripe.is_down = True
    with books.refused(gym, "stripe_unavailable"), tenancy.scope(gym):
        subscribing.subscribe(member=mira, program=club, plan="Club", payment="stripe")


def test_the_secrets_are_sealed(gym):
    with tenancy.scope(gym):
        kept = StripeAccount.objects.get()
    assert stripe_double.SECRET_KEY not in str(vars(kept))
    assert stripe_double.WEBHOOK_SECRET not in str(vars(kept))
    assert kept.key_hint == "4242"


def test_keys_entered_again_take_the_place_of_those_before(gym):
    with tenancy.scope(gym):
        stripe_link.set_up(secret_key="sk_test_new_7777", webhook_secret="whsec_new", actor="Aylin")
        assert [row.key_hint for row in StripeAccount.objects.all()] == ["7777"]


def test_no_event_names_the_customer_at_stripe(gym, hers, paid):
    with tenancy.scope(gym):
        assert "cus_" not in str(list(Event.objects.values_list("payload", flat=True)))
        assert Subscription.objects.get().stripe_customer.startswith("cus_")
