"""Paid VIP, played by an integrator: only what the API answers is looked at."""

from itertools import pairwise

import pytest

from tests.rest.conftest import Api, registered
from tests.subscriptions import shop

pytestmark = pytest.mark.django_db
MONTHLY = {"name": "Club", "price_minor": 990, "interval": "month"}


@pytest.fixture
def shop_(db):
    return registered("Kraftwerk", clock_at=shop.noon(2026, 1, 31))


@pytest.fixture
def gym(shop_):
    return Gym(Api(shop_.api_key), shop_.merchant)


class Gym:
    """One member, a club, and the handful of requests that cases are made of."""

    def __init__(self, api, merchant):
        self.api, self.merchant = api, merchant
        self.member = self.made("/members", {"name": "Mira Sommer"})["id"]

    def made(self, path, body=None):
        response = self.api.post(path, body)
        assert response.status_code == 201, response.json()
        return response.json()

    def done(self, path, body=None):
        response = self.api.post(path, body)
        assert response.status_code == 200, response.json()
        return response.json()

    def refused(self, path, body=None, status=422):
        response = self.api.post(path, body)
        assert response.status_code == status, response.json()
        return response.json()

    def read(self, path):
        response = self.api.get(path)
        assert response.status_code == 200, response.json()
        return response.json()

    def club(self, *plans, **settings):
        body = {"type": "paid_vip", "name": "Kraftclub", "plans": list(plans) or [MONTHLY], **settings}
        return self.made("/programs", body)["id"]

    def subscribe(self, program, plan="Club", **more):
        return self.made(f"/members/{self.member}/subscriptions", {"program": program, "plan": plan, **more})

    def turn(self, day):
        """Turn the clock to 0:00 of a day: what is due happens on the way. Returns how many renewals that were."""
        year, month, of_month = map(int, day.split("-"))
        moment = shop.midnight(year, month, of_month)
        return self.done("/test-clock", {"now": moment.isoformat()})["ran"].get("renewals", 0)

    def status(self, subscription):
        return self.read(f"/subscriptions/{subscription['id']}")["status"]


def day(moment):
    return moment[:10]


def test_30_from_31_january_it_renews_on_28_february_31_march_and_30_april(gym):
    hers = gym.subscribe(gym.club())
    assert hers["period_ends_at"] == "2026-02-28T00:00:00+01:00"
    days = ("2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31")
    for renewal, following in pairwise(days):
        gym.turn(renewal)
        assert gym.status(hers) == "past_due"
        paid = gym.made(f"/subscriptions/{hers['id']}/payments", {})
        assert (paid["status"], day(paid["period_ends_at"])) == ("active", following)
    fees = gym.read(f"/subscriptions/{hers['id']}/payments")["data"]
    assert [fee["period_starts_on"] for fee in fees] == [
        "2026-04-30",
        "2026-03-31",
        "2026-02-28",
        "2026-01-31",
    ]
    assert {fee["amount_minor"] for fee in fees} == {990}


def test_the_answer_has_the_shape_that_is_written_down(gym):
    program = gym.club(seats=1)
    hers = gym.subscribe(program)
    assert {name: hers[name] for name in ("program", "plan", "status", "price_minor", "seats", "checkout_url")} == {
        "program": program, "plan": "Club", "status": "active", "price_minor": 990, "seats": [], "checkout_url": None,
    }  # fmt: skip
    assert hers["started_at"] == "2026-01-31T12:00:00+01:00"
    del hers["checkout_url"]
    assert gym.read(f"/subscriptions/{hers['id']}") == hers
    for path in (
        f"/members/{gym.member}/subscriptions",
        "/subscriptions",
        f"/subscriptions?program={program}",
    ):
        assert gym.read(path)["data"] == [hers]
    assert gym.read("/subscriptions?status=ended")["data"] == []


def test_the_clock_counts_what_was_due_on_the_way(gym):
    hers = gym.subscribe(gym.club(grace_days=90))
    assert gym.turn("2026-05-01") == 3
    assert gym.status(hers) == "past_due"
    events = gym.read("/events?type=subscription.past_due")["data"]
    assert [day(event["at"]) for event in events] == ["2026-04-30", "2026-03-31", "2026-02-28"]


def test_every_status_from_the_trial_to_the_end(gym):
    hers = gym.subscribe(gym.club(MONTHLY | {"trial_days": 14}, grace_days=7))
    path = f"/subscriptions/{hers['id']}"
    assert (hers["status"], day(hers["period_ends_at"])) == ("trialing", "2026-02-14")
    gym.turn("2026-02-14")
    assert gym.status(hers) == "past_due"
    assert gym.made(f"{path}/payments", {})["status"] == "active"
    assert gym.done(f"{path}/pause")["status"] == "paused"
    assert gym.done(f"{path}/resume")["status"] == "active"
    cancelled = gym.done(f"{path}/cancellation", {"at": "period_end"})
    assert (cancelled["status"], cancelled["cancel_at_period_end"]) == ("cancelled", True)
    assert gym.done(f"{path}/resume")["status"] == "active"
    gym.turn("2026-03-14")
    due = gym.read(path)
    assert (due["status"], day(due["grace_until_at"]), due["covered"]) == ("past_due", "2026-03-21", True)
    gym.turn("2026-03-21")
    ended = gym.read(path)
    assert (ended["status"], ended["covered"], day(ended["ended_at"])) == ("ended", False, "2026-03-21")


def test_cancelled_at_the_periods_end_it_lasts_to_the_end_and_now_it_is_over(gym):
    program = gym.club()
    first = gym.subscribe(program)
    gym.done(f"/subscriptions/{first['id']}/cancellation", {"at": "period_end"})
    gym.turn("2026-02-27")
    assert gym.status(first) == "cancelled"
    gym.turn("2026-02-28")
    assert gym.status(first) == "ended"
    second = gym.subscribe(program)
    assert gym.done(f"/subscriptions/{second['id']}/cancellation", {"at": "now"})["status"] == "ended"


def test_a_pause_keeps_the_days_that_are_left(gym):
    hers = gym.subscribe(gym.club())
    gym.turn("2026-02-08")
    assert gym.done(f"/subscriptions/{hers['id']}/pause")["days_left"] == 20
    gym.turn("2026-05-01")
    assert day(gym.done(f"/subscriptions/{hers['id']}/resume")["period_ends_at"]) == "2026-05-21"


def test_seats_are_beside_the_payer(gym):
    hers = gym.subscribe(gym.club(seats=2))
    path = f"/subscriptions/{hers['id']}/seats"
    ida = gym.made(path, {"name": "Ida", "kind": "person"})
    gym.made(path, {"name": "Bello", "kind": "pet"})
    assert gym.refused(path, {"name": "Karl"})["code"] == "no_seat_left"
    assert [seat["name"] for seat in gym.read(f"/subscriptions/{hers['id']}")["seats"]] == ["Ida", "Bello"]
    assert gym.read(f"{path}/{ida['id']}") == ida
    left = gym.api.delete(f"{path}/{ida['id']}")
    assert (left.status_code, [seat["name"] for seat in left.json()["seats"]]) == (200, ["Bello"])
    assert [seat["name"] for seat in gym.read(path)["data"]] == ["Bello"]


def test_a_members_seat_brings_the_benefits_to_their_card(gym):
    points = gym.made("/programs", {"type": "points", "name": "Punkte"})["id"]
    program = gym.club(seats=1, benefits={"multiplier": "2"})
    hers = gym.subscribe(program)
    jonas = gym.made("/members", {"name": "Jonas"})["id"]
    gym.made(f"/subscriptions/{hers['id']}/seats", {"name": "Jonas", "member": jonas})
    stranger = gym.made("/members", {"name": "Karl"})["id"]
    earned = {}
    for member in (gym.member, jonas, stranger):
        bought = gym.made("/purchases", {"member": member, "amount_minor": 1000})
        earned[member] = {credit["program"]: credit["amount"] for credit in bought["credits"]}[points]
    assert earned == {gym.member: 20, jonas: 20, stranger: 10}


def test_while_it_is_paid_the_discount_comes_off_every_purchase(gym):
    hers = gym.subscribe(gym.club(benefits={"discount_percent": "10"}))
    sale = {"member": gym.member, "amount_minor": 2000}
    assert gym.made("/purchases", sale)["discount_minor"] == 200
    gym.done(f"/subscriptions/{hers['id']}/pause")
    assert gym.made("/purchases", sale)["discount_minor"] == 0
    gym.done(f"/subscriptions/{hers['id']}/resume")
    assert gym.made("/purchases", sale)["discount_minor"] == 200


def test_a_purchase_says_whether_benefits_hold(gym):
    program = gym.club()
    said = []
    for _ in range(2):
        bought = gym.made("/purchases", {"member": gym.member, "amount_minor": 100})
        credit = next(credit for credit in bought["credits"] if credit["program"] == program)
        said.append((credit["amount"], credit["because"][0]["code"]))
        if len(said) == 1:
            gym.subscribe(program)
    assert said == [(0, "no_subscription"), (0, "vip")]


def test_free_rewards_are_vouchers_at_once_and_unused_ones_go_with_a_cancellation(gym):
    program = gym.club(benefits={"free_rewards": [{"name": "Ein Shake"}, {"name": "Ein Handtuch"}]})
    hers = gym.subscribe(program)
    path = f"/members/{gym.member}/vouchers"
    vouchers = gym.read(path)["data"]
    assert sorted(voucher["name"] for voucher in vouchers) == ["Ein Handtuch", "Ein Shake"]
    used = next(voucher for voucher in vouchers if voucher["name"] == "Ein Shake")
    gym.done(f"/vouchers/{used['code']}/redemption", {})
    gym.done(f"/subscriptions/{hers['id']}/cancellation", {"at": "now"})
    assert {voucher["name"]: voucher["status"] for voucher in gym.read(path)["data"]} == {
        "Ein Shake": "used", "Ein Handtuch": "void",
    }  # fmt: skip


def test_paid_in_advance_the_vouchers_come_when_the_period_begins(gym):
    hers = gym.subscribe(gym.club(benefits={"free_rewards": [{"name": "Ein Shake"}]}))
    gym.made(f"/subscriptions/{hers['id']}/payments", {})
    path = f"/members/{gym.member}/vouchers"
    assert len(gym.read(path)["data"]) == 1
    gym.turn("2026-02-28")
    assert [day(voucher["created_at"]) for voucher in gym.read(path)["data"]] == ["2026-02-28", "2026-01-31"]


def test_each_paid_period_brings_its_vouchers(gym):
    hers = gym.subscribe(gym.club(benefits={"free_rewards": [{"name": "Ein Shake"}]}))
    path = f"/members/{gym.member}/vouchers"
    gym.turn("2026-02-28")
    assert len(gym.read(path)["data"]) == 1
    gym.made(f"/subscriptions/{hers['id']}/payments", {})
    assert [voucher["status"] for voucher in gym.read(path)["data"]] == ["open", "open"]


def test_a_fee_is_never_taken_twice(gym):
    hers = gym.subscribe(gym.club())
    path = f"/subscriptions/{hers['id']}/payments"
    gym.turn("2026-02-28")
    first = gym.api.post(path, {"external_id": "bon-1"}, **{"Idempotency-Key": "k"})
    replayed = gym.api.post(path, {"external_id": "bon-1"}, **{"Idempotency-Key": "k"})
    again = gym.api.post(path, {"external_id": "bon-1"})
    assert (first.status_code, replayed.status_code, again.status_code) == (201, 201, 200)
    paid = first.json()["last_payment"]
    assert replayed.json() == first.json()
    assert again.json()["last_payment"] == paid == gym.read(f"{path}/{paid['id']}")
    named = gym.refused(path, {"period_starts_on": "2026-02-28"})
    assert (named["code"], named["period_starts_on"]) == ("already_paid", "2026-03-31")
    gym.made(path, {})
    assert gym.refused(path, {})["code"] == "nothing_due"
    assert len(gym.read(path)["data"]) == 3


def test_refusals_are_told_by_their_codes(gym):
    program = gym.club()
    hers = gym.subscribe(program)
    mine = f"/members/{gym.member}/subscriptions"
    twice = gym.refused(mine, {"program": program, "plan": "Club"})
    assert (twice["code"], twice["subscription"], twice["plan"]) == ("already_subscribed", hers["id"], "Club")
    assert gym.refused(mine, {"program": program, "plan": "Gold"}, 400)["field_errors"].keys() == {"plan"}
    assert gym.refused(f"/subscriptions/{hers['id']}/resume")["code"] == "wrong_status"
    assert gym.refused(f"/subscriptions/{hers['id']}/portal")["code"] == "not_paid_online"
    assert gym.refused(f"/subscriptions/{hers['id']}/cancellation", {}, 400)["field_errors"].keys() == {"at"}
    assert gym.refused(f"/subscriptions/{hers['id']}/seats", {"name": "Ida"})["code"] == "no_seat_left"
    other = gym.made("/members", {"name": "Jonas"})["id"]
    body = {"program": program, "plan": "Club", "payment": "stripe"}
    assert gym.refused(f"/members/{other}/subscriptions", body)["code"] == "stripe_not_set_up"


def test_plans_of_one_name_are_refused(gym):
    body = {"type": "paid_vip", "name": "x", "plans": [MONTHLY, MONTHLY]}
    assert gym.refused("/programs", body, 400)["code"] == "invalid"


def test_the_program_is_explained_in_plain_sentences(gym):
    program = gym.club(
        MONTHLY | {"trial_days": 14}, {"name": "Jahr", "price_minor": 9900, "interval": "year"}, seats=2, grace_days=7,
        benefits={"discount_percent": "10", "multiplier": "2", "perks": ["Sauna am Sonntag"]},
    )  # fmt: skip
    assert gym.read(f"/programs/{program}/explanation?language=en")["sentences"] == [
        "Club: €9.90 a month.", "The first 14 days are free.", "Jahr: €99 a year.", "10 % off every purchase.",
        "Points in every program: times 2.", "Sauna am Sonntag", "2 more people or pets are included.",
        "If a fee is late, benefits last for 7 more days.",
        "It can be cancelled at any time, to the end of what is paid.",
    ]  # fmt: skip


def test_keys_for_online_payment_are_entered_and_never_shown(gym):
    before = gym.read("/payment-settings")["stripe"]
    assert (before["is_set_up"], before["key_hint"]) == (False, None)
    body = {"stripe_secret_key": "sk_test_abcdefgh4242", "stripe_webhook_secret": "whsec_abcdefgh"}
    after = gym.done("/payment-settings", body)["stripe"]
    assert (after["is_set_up"], after["key_hint"]) == (True, "4242")
    assert after["webhook_url"].endswith(f"/webhooks/stripe/{gym.merchant.public_id}/")
    assert "abcdefgh" not in gym.api.get("/payment-settings").content.decode()


def test_an_erased_members_subscription_ends_and_the_names_on_its_seats_go(gym):
    hers = gym.subscribe(gym.club(seats=1))
    gym.made(f"/subscriptions/{hers['id']}/seats", {"name": "Zacharias"})
    gym.done(f"/members/{gym.member}/erasure", {})
    ended = gym.read(f"/subscriptions/{hers['id']}")
    assert (ended["status"], ended["seats"]) == ("ended", [])


def test_what_is_kept_of_a_subscription_goes_along(gym):
    hers = gym.subscribe(gym.club(seats=1))
    gym.made(f"/subscriptions/{hers['id']}/seats", {"name": "Ida"})
    (told,) = gym.read(f"/members/{gym.member}/export")["subscriptions"]
    assert (told["plan"], [seat["name"] for seat in told["seats"]]) == ("Club", ["Ida"])
    assert [fee["amount_minor"] for fee in told["payments"]] == [990]
