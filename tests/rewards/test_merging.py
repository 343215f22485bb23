"""Two cards become one: nothing is lost, nothing is given twice, and what was done before can still be undone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty import tenancy
from loyalty.errors import Conflict
from loyalty.events.models import Event
from members import consents, editing, finding, privacy
from members.contacts import keeping
from members.models import Member
from programs import adjusting, settling
from programs.coalition.models import Introduction
from programs.models import Account, Credit, Entry, Purchase, Unlock
from programs.subscriptions import subscribing
from programs.subscriptions.models import Subscription
from rewards import catalogue as rewards
from rewards import checkout, merging, redeeming, standing, vouchers
from rewards.models import Redemption, Reward, Voucher
from tests import makers
from tests.makers import NOON
from tests.programs import books

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
MONTH = {"kind": "after", "months": 1}


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def typo(cafe):
    """The card that was made by a slip of the finger."""
    return makers.member(cafe, "Jonas Weidnr", email="jonas@gmial.com")


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner", email="jonas@gmail.com")


def merge(cafe, member, into):
    with tenancy.scope(cafe):
        return merging.merge(member, into, actor="Aylin")


def again(cafe, row):
    with tenancy.scope(cafe):
        return type(row).objects.get(id=row.id)


def adjust(cafe, member, program, amount):
    with tenancy.scope(cafe):
        adjusting.adjust(member=member, program=program, amount=amount, reason="Alte Karte", actor="Aylin")


# --- Points and lots ---------------------------------------------------------------------------------------------


def test_lots_come_along_with_their_dates_also_what_is_pending(cafe, typo, jonas):
    program = makers.points_program(cafe, expiry=MONTH, pending_days=14)
    makers.purchase(cafe, typo, 10_000)
    makers.turn_to(cafe, NOON + timedelta(days=20))
    makers.purchase(cafe, typo, 3_000)
    makers.purchase(cafe, jonas, 500)
    merge(cafe, typo, jonas)
    held = books.account(cafe, jonas, program)
    assert (held.balance, held.pending, held.lifetime) == (100, 35, 135)
    first, second = datetime(2026, 4, 27, tzinfo=BERLIN), datetime(2026, 5, 16, tzinfo=BERLIN)
    assert books.open_lots(cafe, jonas, program) == [(100, first), (30, second), (5, second)]
    assert books.entries(cafe, typo, program)[-1] == ("merge", -100, -30)
    assert books.entries(cafe, jonas, program)[-1] == ("merge", 100, 30)
    left = books.account(cafe, typo, program)
    assert (left.balance, left.pending, left.debt, left.next_due_at) == (0, 0, 0, None)


def test_what_came_along_is_activated_and_expires_at_its_moments(cafe, typo, jonas):
    program = makers.points_program(cafe, expiry=MONTH, pending_days=14)
    makers.purchase(cafe, typo, 10_000)
    merge(cafe, typo, jonas)
    makers.turn_to(cafe, datetime(2026, 6, 1, tzinfo=BERLIN))
    with tenancy.scope(cafe):
        assert settling.settle_due() == 1
    kinds = [("merge", 0, 100), ("activate", 100, -100), ("expire", -100, 0)]
    assert books.entries(cafe, jonas, program) == kinds


def owing(cafe, member, program, amount):
    """Somebody who has spent what was then taken back."""
    bought = makers.purchase(cafe, member, amount * 100)
    adjust(cafe, member, program, -amount)
    with tenancy.scope(cafe):
        checkout.give_back(bought.purchase)


@pytest.mark.parametrize("owes", ["typo", "jonas"])
def test_the_debt_of_one_is_paid_from_the_points_of_the_other(cafe, typo, jonas, owes):
    program = makers.points_program(cafe)
    debtor, other = (typo, jonas) if owes == "typo" else (jonas, typo)
    owing(cafe, debtor, program, 30)
    makers.purchase(cafe, other, 5000)
    merge(cafe, typo, jonas)
    held = books.account(cafe, jonas, program)
    assert (held.balance, held.debt) == (20, 0)


def test_two_debts_are_one(cafe, typo, jonas):
    program = makers.points_program(cafe)
    owing(cafe, typo, program, 30)
    owing(cafe, jonas, program, 20)
    merge(cafe, typo, jonas)
    assert makers.balance(cafe, jonas, program) == -50


def test_two_fractions_become_a_point_and_no_cent_is_lost(cafe, typo, jonas):
    program = makers.points_program(cafe, earn={"per_minor": 5000, "accumulate": True})
    makers.purchase(cafe, typo, 3000)
    makers.purchase(cafe, jonas, 2500)
    merge(cafe, typo, jonas)
    assert makers.balance(cafe, jonas, program) == 1
    makers.purchase(cafe, jonas, 4500)
    assert makers.balance(cafe, jonas, program) == 2, "100.00 in all, one for every 50.00"


def test_a_refund_after_it_takes_the_fraction_back_too(cafe, typo, jonas):
    program = makers.points_program(cafe, earn={"per_minor": 5000, "accumulate": True})
    bought = makers.purchase(cafe, typo, 3000).purchase
    makers.purchase(cafe, jonas, 2500)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        checkout.give_back(Purchase.objects.get(id=bought.id))
    assert makers.balance(cafe, jonas, program) == 0


def test_points_that_expire_by_inactivity_last_as_if_it_had_been_one_card(cafe, typo, jonas):
    program = makers.points_program(cafe, expiry={"kind": "inactivity", "months": 1})
    makers.purchase(cafe, typo, 1000)
    makers.turn_to(cafe, NOON + timedelta(days=20))
    makers.purchase(cafe, jonas, 500)
    makers.turn_to(cafe, NOON + timedelta(days=25))
    merge(cafe, typo, jonas)
    end = datetime(2026, 5, 2, tzinfo=BERLIN)
    assert books.open_lots(cafe, jonas, program) == [(10, end), (5, end)]


# --- What was done before ----------------------------------------------------------------------------------------


def test_a_purchase_of_the_old_card_is_refunded_to_the_survivor_from_its_own_lot(cafe, typo, jonas):
    program = makers.points_program(cafe, expiry=MONTH)
    makers.purchase(cafe, jonas, 4000)
    bought = makers.purchase(cafe, typo, 5000).purchase
    makers.purchase(cafe, typo, 700)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        checkout.give_back(Purchase.objects.get(id=bought.id))
    assert makers.balance(cafe, jonas, program) == 47
    lots = [left for left, _at in books.open_lots(cafe, jonas, program)]
    assert sorted(lots) == [7, 40], "it was taken from the lot that the purchase made"


def test_what_expired_on_the_old_card_is_not_taken_twice(cafe, typo, jonas):
    program = makers.points_program(cafe, expiry=MONTH)
    bought = makers.purchase(cafe, typo, 5000).purchase
    makers.turn_to(cafe, NOON + timedelta(days=60))
    makers.purchase(cafe, jonas, 2000)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        checkout.give_back(Purchase.objects.get(id=bought.id))
    assert makers.balance(cafe, jonas, program) == 20


def test_a_redemption_of_the_old_card_is_cancelled_into_its_old_lots(cafe, typo, jonas):
    program = makers.points_program(cafe, expiry=MONTH, rewards=[("Krapfen", 60)])
    makers.purchase(cafe, typo, 10_000)
    with tenancy.scope(cafe):
        redemption = redeeming.redeem(member=typo, reward=Reward.objects.get())
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        redeeming.cancel(Redemption.objects.get(id=redemption.id))
    assert books.open_lots(cafe, jonas, program) == [(100, datetime(2026, 4, 13, tzinfo=BERLIN))]
    assert books.entries(cafe, jonas, program) == [("merge", 40, 0), ("restore", 60, 0)]


def test_a_redemption_that_took_everything_can_be_cancelled_too(cafe, typo, jonas):
    program = makers.points_program(cafe, rewards=[("Krapfen", 100)])
    makers.purchase(cafe, typo, 10_000)
    with tenancy.scope(cafe):
        redemption = redeeming.redeem(member=typo, reward=Reward.objects.get())
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        redeeming.cancel(Redemption.objects.get(id=redemption.id))
    assert makers.balance(cafe, jonas, program) == 100


def test_vouchers_come_along_and_are_good_for_the_survivor(cafe, typo, jonas):
    program = makers.points_program(cafe)
    makers.purchase(cafe, typo, 10_000)
    with tenancy.scope(cafe):
        wanted = rewards.create_reward(
            program=program, name="5 €", cost=100, kind="amount_off", value_minor=500
        )
        redeeming.redeem(member=typo, reward=wanted)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        voucher = Voucher.objects.select_related("member").get()
        assert (voucher.member, vouchers.status(voucher)) == (jonas, "open")
        sold = checkout.ring_up(checkout.Sale(jonas, 2000, vouchers=(voucher.code,)))
        assert sold.purchase.net_minor == 1500


# --- Limits and cooldowns ----------------------------------------------------------------------------------------


def test_limits_count_what_both_cards_had(cafe, typo, jonas):
    program = makers.points_program(cafe, earn={"limit": {"per_day": 100}})
    makers.purchase(cafe, typo, 6000)
    makers.purchase(cafe, jonas, 2000)
    merge(cafe, typo, jonas)
    assert makers.purchase(cafe, jonas, 9000).credits[0].amount == 20
    assert makers.balance(cafe, jonas, program) == 100


def test_a_cooldown_holds_against_the_other_cards_stamp(cafe, typo, jonas):
    card = makers.punch_card(cafe, cooldown_minutes=60)
    makers.purchase(cafe, typo)
    merge(cafe, typo, jonas)
    assert makers.purchase(cafe, jonas).credits[0].because[0]["code"] == "cooldown"
    assert makers.balance(cafe, jonas, card) == 1


def test_a_reward_that_may_be_had_once_was_had_on_the_other_card(cafe, typo, jonas):
    program = makers.points_program(cafe)
    makers.purchase(cafe, typo, 10_000)
    makers.purchase(cafe, jonas, 10_000)
    with tenancy.scope(cafe):
        once = rewards.create_reward(program=program, name="Einmal", cost=10, per_member=1)
        redeeming.redeem(member=typo, reward=once)
    jonas = merge(cafe, typo, jonas)
    with books.refused(cafe, "limit_reached", limit=1):
        redeeming.redeem(member=jonas, reward=once)


# --- Stamps ------------------------------------------------------------------------------------------------------


def test_the_stamps_of_two_cards_fill_one(cafe, typo, jonas):
    card = makers.punch_card(cafe)
    adjust(cafe, typo, card, 7)
    adjust(cafe, jonas, card, 6)
    merge(cafe, typo, jonas)
    assert makers.balance(cafe, jonas, card) == 3
    with tenancy.scope(cafe):
        assert [one.member_id for one in redeeming.open_unlocks(jonas.id)] == [jonas.id]


def test_a_full_card_that_waited_can_be_taken_by_the_survivor_once(cafe, typo, jonas):
    card = makers.punch_card(cafe, overflow="cap")
    adjust(cafe, typo, card, 10)
    jonas = merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        reward = Reward.objects.get()
        redeeming.redeem(member=jonas, reward=reward)
    assert makers.balance(cafe, jonas, card) == 0
    with books.refused(cafe, "not_eligible"):
        redeeming.redeem(member=jonas, reward=reward)


def test_a_reward_on_the_way_that_one_card_gave_is_not_given_again(cafe, typo, jonas):
    card = makers.punch_card(cafe, interim=[{"at": 5, "reward": {"name": "Ein Keks"}}])
    adjust(cafe, typo, card, 5)
    adjust(cafe, jonas, card, 4)
    merge(cafe, typo, jonas)
    assert makers.balance(cafe, jonas, card) == 9
    with tenancy.scope(cafe):
        assert list(Unlock.objects.values_list("position", "status")) == [(5, "open")]


def test_a_full_card_of_the_old_one_is_undone_by_a_refund_after_it(cafe, typo, jonas):
    card = makers.punch_card(cafe, stamps_required=2)
    bought = [makers.purchase(cafe, typo).purchase for _ in range(2)]
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        checkout.give_back(Purchase.objects.get(id=bought[1].id))
        assert Unlock.objects.get().status == "withdrawn"
    assert makers.balance(cafe, jonas, card) == 1


# --- Tiers -------------------------------------------------------------------------------------------------------


TIERS = [
    {"name": "Bronze", "threshold": 0},
    {"name": "Silber", "threshold": 20_000},
    {"name": "Gold", "threshold": 30_000},
]


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (30_000, 1000, "Gold"), (1000, 30_000, "Gold"), (20_000, 0, "Silber"), (0, 20_000, "Silber"),
        (12_000, 9000, "Silber"), (1000, 2000, "Bronze"),
    ],
)  # fmt: skip
def test_the_higher_tier_is_kept_and_what_counts_adds_up(cafe, typo, jonas, one, other, kept):
    with tenancy.scope(cafe):
        program = rewards.create_program(type="tiered", name="Stammgäste", settings={"tiers": TIERS})
    for member, spent in ((typo, one), (jonas, other)):
        if spent:
            makers.purchase(cafe, member, spent)
    merge(cafe, typo, jonas)
    held = books.account(cafe, jonas, program)
    assert (held.level, held.qualifying) == (kept, one + other)
    with tenancy.scope(cafe):
        assert (
            not Account.objects.filter(member=typo).exclude(level="", qualifying=0, review_at=None).exists()
        )


def test_a_refund_after_it_takes_the_tier_back_that_its_purchase_had_brought(cafe, typo, jonas):
    with tenancy.scope(cafe):
        program = rewards.create_program(type="tiered", name="Stammgäste", settings={"tiers": TIERS})
    bought = makers.purchase(cafe, typo, 30_000).purchase
    makers.purchase(cafe, jonas, 1000)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        checkout.give_back(Purchase.objects.get(id=bought.id))
    assert (books.account(cafe, jonas, program).level, books.account(cafe, jonas, program).qualifying) == (
        "Bronze", 1000,
    )  # fmt: skip


# --- The member --------------------------------------------------------------------------------------------------


def test_the_survivors_data_wins_and_its_gaps_are_filled(cafe):
    old = makers.member(
        cafe, "J. Weidner", phone="0151 23456789", birthday=date(1990, 2, 28), external_id="A-1"
    )
    new = makers.member(cafe, "Jonas Weidner", email="jonas@gmail.com")
    kept = merge(cafe, old, new)
    assert (kept.name, kept.email, kept.phone) == ("Jonas Weidner", "jonas@gmail.com", "+4915123456789")
    assert (kept.birthday, kept.external_id) == (date(1990, 2, 28), "A-1")
    old = again(cafe, old)
    assert (old.status, old.merged_into_id) == ("merged", new.id)
    assert (old.name, old.email, old.email_key, old.phone, old.birthday) == ("", "", None, None, None)


def test_an_external_id_of_each_answers_with_the_survivor(cafe):
    old = makers.member(cafe, "J. Weidner", external_id="A-1")
    new = makers.member(cafe, "Jonas Weidner", external_id="B-2")
    kept = merge(cafe, old, new)
    assert kept.external_id == "B-2"
    with tenancy.scope(cafe):
        assert finding.find(external_id="A-1") == finding.find(external_id="B-2") == new


def test_every_old_id_card_and_number_answers_with_the_survivor_through_a_chain(cafe, typo, jonas):
    third = makers.member(cafe, "Jo")
    with tenancy.scope(cafe):
        tokens = [finding.card_of(member).token for member in (typo, jonas, third)]
    merge(cafe, typo, jonas)
    merge(cafe, again(cafe, jonas), third)
    with tenancy.scope(cafe):
        asked = [finding.find(id=one.public_id) for one in (typo, jonas)]
        asked += [finding.by_card(one.number) for one in (typo, jonas)]
        asked += [finding.by_card(token) for token in tokens]
    assert asked == [third] * 7


def test_points_follow_through_a_chain_and_so_do_refunds(cafe, typo, jonas):
    program = makers.points_program(cafe)
    third = makers.member(cafe, "Jo")
    bought = makers.purchase(cafe, typo, 5000).purchase
    makers.purchase(cafe, jonas, 1000)
    merge(cafe, typo, jonas)
    merge(cafe, again(cafe, jonas), third)
    assert makers.balance(cafe, third, program) == 60
    assert books.account(cafe, third, program).lifetime == 60
    with tenancy.scope(cafe):
        checkout.give_back(Purchase.objects.get(id=bought.id))
    assert makers.balance(cafe, third, program) == 10


def test_visits_add_up_and_it_is_no_first_purchase_any_more(cafe, typo, jonas):
    makers.purchase(cafe, typo, 100)
    makers.turn_to(cafe, NOON + timedelta(days=3))
    makers.purchase(cafe, jonas, 100)
    makers.purchase(cafe, jonas, 100)
    kept = merge(cafe, typo, jonas)
    assert (kept.visits, kept.last_visit_at) == (3, NOON + timedelta(days=3))
    assert (again(cafe, typo).visits, again(cafe, typo).last_visit_at) == (0, None)


GIVEN, OPEN, REFUSED = (
    {"given": True, "confirmed": True},
    {"given": True, "confirmed": False},
    {"given": False},
)


@pytest.mark.parametrize(
    ("one", "other", "holds"),
    [
        (GIVEN, GIVEN, (True, True)),
        (GIVEN, OPEN, (True, False)),
        (OPEN, GIVEN, (True, False)),
        (GIVEN, REFUSED, (False, True)),
        (REFUSED, GIVEN, (False, True)),
        (GIVEN, None, (False, True)),
        (None, GIVEN, (False, True)),
        (REFUSED, None, (False, True)),
        (None, None, None),
    ],
)
def test_of_two_words_on_a_purpose_the_stricter_holds(cafe, one, other, holds):
    def said(word):
        return [{"purpose": "email_marketing"} | word] if word else []

    old = makers.member(cafe, "J.", consents=said(one))
    new = makers.member(cafe, "Jonas", consents=said(other))
    kept = merge(cafe, old, new)
    with tenancy.scope(cafe):
        word = consents.current(kept).get("email_marketing")
        assert (word and (word.given, word.confirmed)) == holds
        assert not consents.allows(again(cafe, old), "email_marketing")


def test_the_stricter_word_is_written_down_with_where_it_comes_from(cafe):
    old = makers.member(cafe, "J.", consents=[{"purpose": "profiling", "given": False}])
    new = makers.member(cafe, "Jonas", consents=[{"purpose": "profiling", "given": True}])
    merge(cafe, old, new)
    with tenancy.scope(cafe):
        assert consents.current(new)["profiling"].evidence == {"source": "merge", "member": old.public_id}


def test_the_history_shows_both_cards_and_what_came_over_once(cafe, typo, jonas):
    makers.points_program(cafe, rewards=[("Krapfen", 40)])
    makers.purchase(cafe, typo, 10_000)
    with tenancy.scope(cafe):
        redeeming.redeem(member=typo, reward=Reward.objects.get())
    makers.purchase(cafe, jonas, 500)
    kept = merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        told = [(one.kind, one.amount) for one in standing.history(kept)]
    assert sorted(told) == [("merge", 60), ("purchase", 5), ("purchase", 100), ("redeem", -40)]


def test_it_is_told_to_others(cafe, typo, jonas):
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        event = Event.objects.get(kind="member.merged")
    assert event.member_id == jonas.id
    assert event.payload == {"member": typo.public_id, "into": jonas.public_id, "actor": "Aylin"}


def test_who_is_erased_after_it_is_erased_under_every_old_id(cafe, typo, jonas):
    makers.points_program(cafe)
    makers.purchase(cafe, typo, 1000)
    kept = merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        privacy.erase(kept)
        assert finding.find(id=typo.public_id).status == "erased"


# --- What is refused ---------------------------------------------------------------------------------------------


def test_a_card_is_not_merged_into_itself(cafe, jonas):
    with books.refused(cafe, "same_member"):
        merging.merge(jonas, jonas)


def test_who_was_merged_is_not_merged_again(cafe, typo, jonas):
    third = makers.member(cafe, "Jo")
    merge(cafe, typo, jonas)
    with books.refused(cafe, "already_merged", member=typo.public_id):
        merging.merge(again(cafe, typo), third)
    with books.refused(cafe, "already_merged"):
        merging.merge(typo, third)


def test_into_somebody_merged_is_asked_for_again(cafe, typo, jonas):
    third = makers.member(cafe, "Jo")
    merge(cafe, typo, jonas)
    with books.refused(cafe, "conflict"):
        merging.merge(third, typo)


@pytest.mark.parametrize("gone", ["typo", "jonas"])
def test_who_has_left_is_merged_with_nobody(cafe, typo, jonas, gone):
    with tenancy.scope(cafe):
        privacy.erase(typo if gone == "typo" else jonas)
    with books.refused(cafe, "not_eligible"):
        merging.merge(typo, jonas)


def test_nothing_is_booked_on_a_card_that_was_merged_meanwhile(cafe, typo, jonas):
    makers.points_program(cafe)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe), pytest.raises(Conflict):
        checkout.ring_up(checkout.Sale(typo, 1000))
    with tenancy.scope(cafe):
        assert (Purchase.objects.count(), Credit.objects.count(), Entry.objects.count()) == (0, 0, 0)
        assert Member.objects.filter(status="merged").count() == 1


# --- Subscriptions and partners ----------------------------------------------------------------------------------


def test_the_name_given_at_a_partner_comes_along_where_there_is_none(cafe, typo, jonas):
    one, other = makers.merchant("Eisdiele").id, makers.merchant("Buchladen").id
    with tenancy.scope(cafe):
        for member, partner, name in ((typo, one, "J."), (typo, other, "Jo"), (jonas, other, "Jonas")):
            Introduction.objects.create(member=member, partner_id=partner, name=name)
    merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        rows = Introduction.objects.order_by("name").values_list("member", "partner_id", "name")
        assert list(rows) == [(jonas.id, one, "J."), (jonas.id, other, "Jonas")]


@pytest.mark.parametrize("both", [False, True])
def test_a_subscription_comes_along_and_only_one_goes_on(cafe, typo, jonas, both):
    plans = [{"name": "Monat", "price_minor": 990, "interval": "month"}]
    with tenancy.scope(cafe):
        club = rewards.create_program(type="paid_vip", name="Klub", settings={"plans": plans})
        for member in (typo, jonas) if both else (typo,):
            subscribing.subscribe(member=member, program=club, plan="Monat", payment="counter", actor="Aylin")
    jonas = merge(cafe, typo, jonas)
    with tenancy.scope(cafe):
        rows = Subscription.objects.order_by("status").values_list("member", "status")
        assert list(rows) == [(jonas.id, "active"), *([(jonas.id, "ended")] if both else [])]
        assert Account.objects.get(member=jonas, program=club).level == "Monat"
        assert Account.objects.get(member=typo, program=club).level == ""


def test_the_people_of_a_company_come_along_and_it_is_a_company_then(cafe, typo, jonas):
    with tenancy.scope(cafe):
        firm = editing.change(typo, kind="company")
        keeping.add(firm, name="Ines Kolb")
    kept = merge(cafe, firm, jonas)
    with tenancy.scope(cafe):
        assert (kept.kind, [one.name for one in keeping.of(kept)]) == ("company", ["Ines Kolb"])
