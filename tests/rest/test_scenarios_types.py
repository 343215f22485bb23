"""Worked cases of tiers, discount cards, cash-back, points as money and rules, played by an integrator."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty import tenancy
from programs import checking, reviewing
from tests.makers import NOON
from tests.rest.test_scenarios import Till

BERLIN = ZoneInfo("Europe/Berlin")
THREE = [
    {"name": "Bronze", "threshold": 0},
    {"name": "Silber", "threshold": 20000, "multiplier": "1.5"},
    {"name": "Gold", "threshold": 30000, "multiplier": "2", "discount_percent": "10"},
]


@pytest.fixture
def till(api, shop):
    till = Till(api, shop.merchant)
    yield till
    with tenancy.scope(shop.merchant):
        assert checking.check() == []


def tiered(till, **settings):
    body = {"type": "tiered", "name": "Stammkunden", "tiers": THREE, "earn": {}, **settings}
    return till.made("/programs", body)["id"]


def tier(till):
    held = till.account()["tier"]
    return held["name"], held["next"], held["missing"]


def turn(till, moment):
    """The clock, and what tiers do by themselves on the way there."""
    till.at(moment)
    with tenancy.scope(till.merchant):
        while reviewing.run_due()["tier_reviews"]:
            pass


@pytest.mark.parametrize(
    ("spent", "standing"),
    [
        (19999, ("Bronze", "Silber", 1)),
        (20000, ("Silber", "Gold", 10000)),
        (29999, ("Silber", "Gold", 1)),
        (30000, ("Gold", None, None)),
    ],
)
def test_20_a_threshold_reached_is_a_tier_reached(till, spent, standing):
    tiered(till)
    till.buy(spent)
    assert tier(till) == standing


def test_21_out_of_the_window_gold_is_kept_for_its_grace_and_then_falls_by_one_step(till):
    tiered(till, downgrade={"policy": "one_step", "grace_days": 30}, window={"kind": "rolling", "months": 12})
    till.buy(30000)
    assert till.account()["tier"]["until"] == "2027-03-13T00:00:00+01:00"
    turn(till, datetime(2027, 3, 13, 0, 0, tzinfo=BERLIN))
    held = till.account()["tier"]
    assert (held["name"], held["until"], held["missing"]) == ("Gold", "2027-04-12T00:00:00+02:00", None)
    turn(till, datetime(2027, 4, 11, 23, 59, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == "Gold"
    turn(till, datetime(2027, 4, 12, 0, 0, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == "Silber"
    told = [row["kind"] for row in events(till)]
    assert (told.count("tier.reached"), told.count("tier.at_risk"), told.count("tier.lost")) == (1, 1, 1)


def events(till):
    from loyalty.events.models import Event

    with tenancy.scope(till.merchant):
        return list(Event.objects.order_by("id").values("kind", "payload"))


def test_21_bought_again_in_the_grace_the_tier_stays(till):
    tiered(till, downgrade={"policy": "full", "grace_days": 30})
    till.buy(30000)
    turn(till, datetime(2027, 3, 20, 12, tzinfo=BERLIN))
    till.buy(33334)
    turn(till, datetime(2027, 5, 1, 12, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == "Gold"


@pytest.mark.parametrize(("policy", "then"), [("never", "Gold"), ("one_step", "Silber"), ("full", "Bronze")])
def test_21_without_grace_the_year_ends_as_the_policy_says(till, policy, then):
    tiered(till, window={"kind": "calendar_year"}, downgrade={"policy": policy, "grace_days": 0})
    till.buy(30000)
    turn(till, datetime(2026, 12, 31, 23, 59, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == "Gold"
    turn(till, datetime(2027, 1, 1, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == then
    turn(till, datetime(2027, 12, 31, 23, 59, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == then
    turn(till, datetime(2028, 1, 1, tzinfo=BERLIN))
    assert till.account()["tier"]["name"] == {"never": "Gold"}.get(policy, "Bronze")


def with_entry_reward():
    gold = THREE[2] | {
        "entry_reward": {"name": "Ein Abend für zwei", "kind": "amount_off", "value_minor": 500}
    }
    return [*THREE[:2], gold]


def test_22_a_refund_below_the_threshold_takes_the_tier_and_voids_its_unused_reward(till):
    tiered(till, tiers=with_entry_reward())
    bought = till.buy(30000)
    (unlocked,) = bought["unlocked"]
    assert unlocked["reward"]["name"] == "Ein Abend für zwei"
    code = unlocked["voucher"]
    assert till.api.get(f"/vouchers/{code}").json()["status"] == "open"
    assert till.account()["unlocked"] == [unlocked]
    till.refund(bought, amount_minor=1)
    assert tier(till) == ("Silber", "Gold", 1)
    assert till.api.get(f"/vouchers/{code}").json()["status"] == "void"
    assert till.account()["unlocked"] == []
    again = till.buy(1)
    assert tier(till)[0] == "Gold"
    assert again["unlocked"][0]["voucher"] not in (None, code)


def test_22_a_used_entry_reward_stays_and_is_not_given_twice(till):
    tiered(till, tiers=with_entry_reward())
    bought = till.buy(30000)
    code = bought["unlocked"][0]["voucher"]
    used = till.buy(1000, vouchers=[code])
    # The tier's own 10 % come first, then the voucher: 10.00 - 1.00 - 5.00.
    assert (used["discount_minor"], used["net_minor"]) == (600, 400)
    till.refund(bought, amount_minor=20000)
    assert tier(till)[0] == "Bronze"
    assert till.api.get(f"/vouchers/{code}").json()["status"] == "used"
    assert till.buy(30000)["unlocked"] == []
    assert tier(till)[0] == "Gold"


def test_a_multiplier_works_from_the_purchase_after_and_a_refund_counts_with_it(till):
    tiered(till)
    first, second = till.buy(20000), till.buy(1999)
    assert (first["credits"][0]["amount"], second["credits"][0]["amount"]) == (200, 29)
    assert [row["code"] for row in second["credits"][0]["because"]] == ["earned", "multiplied"]
    till.refund(first, amount_minor=5000)
    assert tier(till)[0] == "Bronze"
    assert till.refunded(second, amount_minor=1000) == -15
    assert till.balance() == 200 + 29 - 50 - 15


def test_a_standing_discount_is_taken_off_and_explained(till):
    tiered(till)
    till.buy(30000)
    bought = till.buy(
        995, items=[{"sku": "brot", "amount_minor": 450}, {"sku": "kuchen", "amount_minor": 545}]
    )
    assert (bought["discount_minor"], bought["net_minor"]) == (100, 895)
    assert sum(item["discount_minor"] for item in bought["items"]) == 100
    (row,) = [row for row in bought["credits"][0]["because"] if row["code"] == "standing_discount"]
    assert (row["percent"], row["amount_minor"], row["amount"]) == ("10", 100, 0)
    assert "Gold" in row["text"]


def test_tiers_by_visits_and_by_points(till):
    by_visits = [{"name": "Neu", "threshold": 0}, {"name": "Stammgast", "threshold": 3}]
    tiered(till, tiers=by_visits, qualify_by="visits")
    purchases = [till.buy(100) for _visit in range(3)]
    assert tier(till) == ("Stammgast", None, None)
    till.refund(purchases[0])
    assert tier(till) == ("Neu", "Stammgast", 1)


def test_tiers_by_points_count_what_the_program_gave(till):
    by_points = [{"name": "Silber", "threshold": 100}]
    tiered(till, tiers=by_points, qualify_by="points", earn={"points": 2})
    till.buy(4900)
    assert tier(till) == (None, "Silber", 2)
    till.buy(100)
    assert tier(till) == ("Silber", None, None)


def test_a_tier_that_wants_nothing_brings_what_it_brings_from_the_first_purchase_on(till):
    basis = {"name": "Basis", "threshold": 0, "discount_percent": "5", "multiplier": "2"}
    tiered(till, tiers=[basis])
    bought = till.buy(1000)
    assert (bought["discount_minor"], bought["credits"][0]["amount"]) == (50, 19)
    assert till.buy(1000)["credits"][0]["amount"] == 19


def test_a_discount_card_takes_its_percent_off_the_items_it_names(till):
    till.made("/programs", {"type": "discount_card", "name": "Futterkarte", "discount_percent": "5",
                            "categories": ["futter"]})  # fmt: skip
    items = [{"category": "futter", "amount_minor": 3333}, {"category": "spielzeug", "amount_minor": 1000}]
    bought = till.buy(5000, items=items)
    assert (bought["discount_minor"], bought["net_minor"]) == (167, 4833)
    assert [item["discount_minor"] for item in bought["items"]] == [167, 0]
    assert till.credit(1000) == 0


def cash_back(till):
    reward = {"name": "Gutschein über 5 €", "kind": "gift_card", "value_minor": 500}
    return till.made(
        "/programs", {"type": "cash_back", "name": "Treuegeld", "per_minor": 10000, "reward": reward}
    )["id"]


def test_cash_back_gives_a_gift_card_for_every_hundred(till):
    cash_back(till)
    assert till.buy(9999)["unlocked"] == []
    bought = till.buy(10002)
    assert [one["reward"]["kind"] for one in bought["unlocked"]] == ["gift_card", "gift_card"]
    assert till.account()["balance"] == 1
    card = till.api.get(f"/gift-cards/{bought['unlocked'][0]['voucher']}").json()
    assert (card["balance_minor"], card["status"]) == (500, "active")


def test_cash_back_of_a_returned_purchase_is_void_while_it_is_unused(till):
    cash_back(till)
    bought = till.buy(10000)
    code = bought["unlocked"][0]["voucher"]
    till.refund(bought)
    assert till.balance() == 0
    assert till.api.get(f"/gift-cards/{code}").json()["balance_minor"] == 0


def test_cash_back_that_was_spent_is_owed_after_a_return(till):
    cash_back(till)
    bought = till.buy(10000)
    code = bought["unlocked"][0]["voucher"]
    assert till.api.post(f"/gift-cards/{code}/charges", {"amount_minor": 100}).status_code == 201
    till.refund(bought)
    assert till.balance() == -10000


def for_money(till, **redeem):
    program = till.points(redeem={"point_value_minor": "1", **redeem})
    till.made(
        f"/members/{till.member}/adjustments", {"program": program, "amount": 1000, "reason": "Übernommen"}
    )
    return program


def test_24_steps_of_three_of_ten_take_nine(till):
    program = till.points(redeem={"step": 3})
    till.made(
        f"/members/{till.member}/adjustments", {"program": program, "amount": 10, "reason": "Übernommen"}
    )
    bought = till.buy(1000, points={"program": program, "amount": 10})
    assert (bought["discount_minor"], bought["net_minor"]) == (9, 991)
    assert till.balance() == 1 + 9


def test_24_at_most_half_of_a_purchase_is_paid_in_points(till):
    program = for_money(till, minimum=500, max_percent="50")
    bought = till.buy(1500, points={"program": program, "amount": 1000})
    assert (bought["discount_minor"], bought["net_minor"]) == (750, 750)
    assert till.balance() == 250 + 7


def test_24_below_the_minimum_is_refused_and_nothing_is_written(till):
    program = for_money(till, minimum=500, max_percent="50")
    body = {"member": till.member, "amount_minor": 998, "points": {"program": program, "amount": 1000}}
    refused = till.api.post("/purchases", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "below_minimum")
    assert (refused.json()["minimum"], refused.json()["points"]) == (500, 499)
    assert till.api.get("/purchases").json()["data"] == []
    assert till.balance() == 1000


def test_points_that_paid_return_with_the_last_cent(till):
    program = for_money(till)
    bought = till.buy(1500, points={"program": program, "amount": 500})
    assert till.balance() == 500 + 10
    assert till.refund(bought, amount_minor=999)["returned"] == []
    rest = till.refund(bought)
    assert [(one["redemption"], one["amount"]) for one in rest["returned"]] == [(None, 500)]
    assert till.balance() == 1000


def test_points_as_money_need_a_program_that_takes_them(till):
    program = till.points()
    body = {"member": till.member, "amount_minor": 998, "points": {"program": program, "amount": 1}}
    refused = till.api.post("/purchases", body)
    assert (refused.status_code, refused.json()["code"]) == (422, "not_eligible")


def rule(till, program, event, gives, **more):
    when = {"event": event} if isinstance(event, str) else event
    return till.made(f"/programs/{program}/rules", {"name": "Regel", "when": when, "gives": gives, **more})[
        "id"
    ]


def friend_of(till):
    return till.made("/members", {"name": "Ines", "referred_by": till.member})["id"]


def test_a_referral_gives_both_sides_once_on_the_first_purchase(till):
    program = till.points()
    rule(till, program, "referral", {"referrer": 100, "referred": 50})
    friend = friend_of(till)
    body = {"member": friend, "amount_minor": 1000}
    first, second = till.made("/purchases", body), till.made("/purchases", body)
    assert (first["credits"][0]["amount"], second["credits"][0]["amount"]) == (60, 10)
    assert till.balance() == 100
    assert till.credit(1000) == 10


def test_two_referral_rules_are_limited_each_by_itself_also_within_a_batch(till):
    program = till.points()
    rule(till, program, "referral", {"referrer": 100, "referred": 50}, limit={"per_member": 150})
    rule(till, program, "referral", {"amount": 10})
    bought = [{"member": friend_of(till), "amount_minor": 0} for _friend in range(3)]
    assert till.api.post("/purchases/batch", {"purchases": bought}).status_code == 200
    assert till.entries() == [("earn", 100), ("earn", 10), ("earn", 50), ("earn", 10), ("earn", 10)]


def test_rules_given_to_a_program_as_it_was_entered_hold_for_what_was_bought_before(till):
    program = till.points(starts_at="2026-01-01T00:00:00+01:00")
    rule(till, program, "purchase", {"multiplier": "2"}, **{"if": {"weekdays": [1]}})
    monday, tuesday = "2026-03-09T12:00:00+01:00", "2026-03-10T12:00:00+01:00"
    assert [till.credit(1000, occurred_at=monday), till.credit(1000, occurred_at=tuesday)] == [20, 10]
    till.at(NOON + timedelta(days=2))
    till.api.patch(f"/programs/{program}", {"earn": {"points": 5}})
    assert [till.credit(1000, occurred_at=monday), till.credit(1000)] == [20, 50], "not by the rules of today"


def test_a_returned_first_purchase_takes_the_referral_back_on_both_sides(till):
    program = till.points()
    rule(till, program, "referral", {"amount": 30})
    friend = friend_of(till)
    bought = till.made("/purchases", {"member": friend, "amount_minor": 1000})
    assert till.balance() == 30
    assert till.refunded(bought) == -40
    assert till.balance() == 0
    till.made("/purchases", {"member": friend, "amount_minor": 1000})
    assert till.balance() == 30


@pytest.mark.parametrize(("debt", "left"), [("allow", -30), ("forgive", 0)])
def test_a_referral_that_was_spent_is_taken_back_as_the_program_says(till, debt, left):
    program = till.points(debt=debt)
    rule(till, program, "referral", {"amount": 30})
    bought = till.made("/purchases", {"member": friend_of(till), "amount_minor": 0})
    till.redeem(till.reward(program, 30))
    till.refund(bought)
    assert till.balance() == left


def test_a_referral_that_has_expired_is_not_taken_twice(till):
    program = till.points(expiry={"kind": "after", "months": 1})
    rule(till, program, "referral", {"amount": 30})
    bought = till.made("/purchases", {"member": friend_of(till), "amount_minor": 0})
    till.at(NOON + timedelta(days=40))
    till.buy(1000)
    till.refund(bought)
    assert till.balance() == 10


def test_a_challenge_is_won_by_so_many_visits_within_so_many_days_and_begins_anew(till):
    program = till.points(earn={"per_minor": 10**12})
    rule(till, program, {"event": "challenge", "visits": 3, "within_days": 14}, {"amount": 25})
    given = []
    for day in (0, 5, 13, 14, 15, 20, 40):
        till.at(NOON + timedelta(days=day))
        given.append(till.credit(100))
    assert given == [0, 0, 25, 0, 0, 25, 0]


def test_an_open_challenge_says_what_is_missing(till):
    program = till.points()
    rule(till, program, {"event": "challenge", "visits": 3, "within_days": 14}, {"amount": 25})
    row = till.buy(100)["credits"][0]["because"][1]
    assert (row["code"], row["done"], row["visits"]) == ("challenge_open", 1, 3)


def test_a_budget_is_shared_by_all_members_and_ends(till):
    program = till.points()
    rule(till, program, "visit", {"amount": 60}, limit={"total": 100})
    other = till.made("/members", {"name": "Ines"})["id"]
    assert till.credit(100) == 61
    last = till.made("/purchases", {"member": other, "amount_minor": 100})
    assert last["credits"][0]["amount"] == 41
    assert last["credits"][0]["because"][1]["period"] == "total"
    assert till.credit(100) == 1
    till.refund(last)
    assert till.credit(100) == 41


def test_a_rule_for_a_tier_gives_only_there(till):
    tiered(till, earn=None, tiers=[{"name": "Gold", "threshold": 10000}])
    program = till.points()
    rule(till, program, "visit", {"amount": 7}, **{"if": {"tiers": ["Gold"]}})
    amounts = [
        {one["program"]: one["amount"] for one in till.buy(10000)["credits"]}[program] for _visit in range(2)
    ]
    assert amounts == [100, 107]


def test_a_launch_bonus_is_given_to_who_joins_in_time_and_while_it_lasts(till):
    program = till.points()
    within = {"starts_at": NOON.isoformat(), "ends_at": (NOON + timedelta(hours=24)).isoformat()}
    rule(till, program, "joined", {"amount": 20}, **{"if": within, "limit": {"total": 30}})
    balances = []
    for name in ("Anna", "Berta", "Carla"):
        member = till.made("/members", {"name": name})
        balances.append(member["accounts"][0]["balance"])
    till.at(NOON + timedelta(hours=24))
    late = till.made("/members", {"name": "Dora"})
    assert (balances, late["accounts"][0]["balance"]) == ([20, 10, 0], 0)


def test_04_a_voucher_lowers_what_earns(till):
    program = till.points()
    till.made(
        f"/members/{till.member}/adjustments", {"program": program, "amount": 10, "reason": "Übernommen"}
    )
    reward = till.reward(program, 10, kind="percent_off", percent="10")
    code = till.redeem(reward, use="later")["voucher"]
    bought = till.buy(10000, vouchers=[code])
    assert (bought["net_minor"], bought["credits"][0]["amount"]) == (9000, 90)


def test_05_a_limit_per_purchase_trims(till):
    program = till.points(earn={"per_minor": 10**12})
    rule(till, program, "purchase", {"points": 1, "per_minor": 100}, limit={"per_purchase": 1000})
    assert till.credit(125000) == 1000


def test_05_a_limit_per_day_trims_and_says_why(till):
    program = till.points(earn={"per_minor": 10**12})
    rule(till, program, "purchase", {"points": 1, "per_minor": 100}, limit={"per_day": 100})
    assert till.credit(8000) == 80
    row = till.buy(8000)["credits"][0]["because"][1]
    assert (row["amount"], row["code"], row["limit"], row["period"], row["had"]) == (
        20,
        "limited",
        100,
        "day",
        80,
    )
    assert row["text"]
    till.at(NOON + timedelta(days=1))
    assert till.credit(8000) == 80


def test_a_tier_that_wants_nothing_counts_for_rules_from_the_first_purchase_on(till):
    tiered(till, earn=None)
    program = till.points()
    rule(till, program, "visit", {"amount": 7}, **{"if": {"tiers": ["Bronze"]}})
    amounts = {one["program"]: one["amount"] for one in till.buy(10000)["credits"]}
    assert amounts[program] == 107


def test_what_does_not_fit_into_the_books_is_trimmed(till):
    program = till.points(earn={"points": 1_000_000, "per_minor": 1})
    rule(till, program, "purchase", {"multiplier": "999"})
    row = till.buy(10**12)["credits"][0]
    assert (row["amount"], row["because"][0]["code"]) == (10**15, "limited")
