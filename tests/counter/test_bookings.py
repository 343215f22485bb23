"""What is booked at the counter, by whom, how often, and what is refused."""

from datetime import timedelta

import pytest

from loyalty import tenancy
from loyalty.merchants.models import AuditEntry, IdempotencyRecord, Location, Staff
from members.models import Member
from programs.accounts import Entry
from programs.models import Purchase
from rewards import presenting, standing
from rewards.models import Redemption, Reward
from tests import makers
from tests.counter.conftest import Counter, at_device, hire
from tests.makers import NOON


@pytest.fixture
def member(merchant):
    return makers.member(merchant, "Jürgen Großkreuz", email="j@example.com")


def purchases(merchant):
    with tenancy.scope(merchant):
        return list(Purchase.objects.order_by("occurred_at"))


def test_stamp_carries_person_place_and_key(counter, merchant, member):
    makers.punch_card(merchant)
    answer = counter.stamp(member, key="4f6b2c1e-aaaa")
    assert answer["outcome"] == "done"
    assert answer["last"]["key"] == "4f6b2c1e-aaaa"
    [purchase] = purchases(merchant)
    with tenancy.scope(merchant):
        place = Location.objects.get()
    assert (purchase.actor, purchase.location_id, purchase.external_id, purchase.amount_minor) == (
        "Lena Hoffmann", place.id, "counter 4f6b2c1e-aaaa", 0,
    )  # fmt: skip


def test_same_tap_sent_twice_is_one_stamp_and_one_answer(counter, merchant, member):
    program = makers.punch_card(merchant, cooldown_minutes=60)
    first = counter.stamp(member, key="4f6b2c1e-aaaa")
    second = counter.stamp(member, key="4f6b2c1e-aaaa", age_ms=900_000)
    assert (first["outcome"], second["outcome"]) == ("done", "done")
    assert second["sentence"] == first["sentence"]
    assert makers.balance(merchant, member, program) == 1
    assert len(purchases(merchant)) == 1


def test_tap_is_still_one_stamp_when_its_answer_was_thrown_away(counter, merchant, member):
    program = makers.punch_card(merchant)
    counter.stamp(member, key="4f6b2c1e-aaaa")
    with tenancy.scope(merchant):
        IdempotencyRecord.objects.all().delete()
    assert counter.stamp(member, key="4f6b2c1e-aaaa")["outcome"] == "done"
    assert makers.balance(merchant, member, program) == 1


def test_cooldown_is_refused_with_who_when_and_until_when_and_nothing_is_booked(counter, merchant, member):
    program = makers.punch_card(merchant, cooldown_minutes=60)
    counter.stamp(member)
    makers.turn_to(merchant, NOON + timedelta(minutes=22))
    answer = counter.stamp(member)
    assert answer["outcome"] == "refused"
    assert "Lena Hoffmann" in answer["sentence"]
    assert "22" in answer["sentence"]
    # 12:00 UTC is 13:00 in Berlin; the next stamp works an hour later.
    assert "14:00" in answer["sentence"]
    assert makers.balance(merchant, member, program) == 1
    with tenancy.scope(merchant):
        assert Purchase.objects.count() == 1
        assert Member.objects.get(id=member.id).visits == 1
    makers.turn_to(merchant, NOON + timedelta(minutes=60))
    assert counter.stamp(member)["outcome"] == "done"


def test_refusal_of_a_tap_is_the_same_when_it_is_sent_again_later(counter, merchant, member):
    program = makers.punch_card(merchant, cooldown_minutes=60)
    counter.stamp(member)
    first = counter.stamp(member, key="refused-1")
    makers.turn_to(merchant, NOON + timedelta(hours=2))
    assert counter.stamp(member, key="refused-1")["sentence"] == first["sentence"]
    assert makers.balance(merchant, member, program) == 1


def test_limit_of_the_day_is_refused(counter, merchant, member):
    makers.punch_card(merchant, max_stamps_per_day=1)
    assert counter.stamp(member)["outcome"] == "done"
    assert counter.stamp(member)["outcome"] == "refused"
    assert len(purchases(merchant)) == 1


def test_amount_under_a_cooldown_is_recorded_for_its_points(counter, merchant, member):
    card = makers.punch_card(merchant, cooldown_minutes=60)
    points = makers.points_program(merchant)
    counter.amount(member, 500)
    answer = counter.amount(member, 1840)
    assert answer["outcome"] == "done"
    assert makers.balance(merchant, member, points) == 23
    assert makers.balance(merchant, member, card) == 1


def test_booking_that_waited_counts_from_the_moment_of_the_tap(counter, merchant, member):
    makers.punch_card(merchant)
    makers.turn_to(merchant, NOON + timedelta(hours=1))
    counter.stamp(member, age_ms=1_800_000)
    assert [one.occurred_at for one in purchases(merchant)] == [NOON + timedelta(minutes=30)]


def test_several_stamps_are_one_visit_and_never_more_than_the_card_holds(counter, merchant, member):
    program = makers.punch_card(merchant, stamps_required=5)
    assert counter.stamp(member, quantity=3)["outcome"] == "done"
    assert makers.balance(merchant, member, program) == 3
    assert counter.stamp(member, quantity=3)["outcome"] == "refused"
    assert makers.balance(merchant, member, program) == 3
    assert len(purchases(merchant)) == 1


def test_several_items_are_stamped_each(counter, merchant, member):
    program = makers.punch_card(merchant, stamp_per="item", skus=["coffee"], cooldown_minutes=60)
    assert counter.stamp(member, quantity=4)["outcome"] == "done"
    assert makers.balance(merchant, member, program) == 4


def test_undo_takes_the_stamp_back_once_within_ten_minutes(counter, merchant, member):
    program = makers.punch_card(merchant)
    counter.stamp(member)
    key = counter.last_key()
    makers.turn_to(merchant, NOON + timedelta(minutes=10))
    assert counter.ask("undo", of=key)["outcome"] == "done"
    assert makers.balance(merchant, member, program) == 0
    assert counter.ask("undo", of=key)["outcome"] == "refused"
    with tenancy.scope(merchant):
        assert Entry.objects.filter(kind="refund").count() == 1


def test_undo_is_too_late_after_ten_minutes(counter, merchant, member):
    program = makers.punch_card(merchant)
    counter.stamp(member)
    key = counter.last_key()
    makers.turn_to(merchant, NOON + timedelta(minutes=10, seconds=1))
    assert counter.ask("undo", of=key)["outcome"] == "refused"
    assert makers.balance(merchant, member, program) == 1


def test_undo_of_several_stamps_that_filled_the_card_takes_back_the_reward_too(counter, merchant, member):
    program = makers.punch_card(merchant, stamps_required=5)
    counter.stamp(member, quantity=2)
    counter.stamp(member, quantity=3)
    with tenancy.scope(merchant):
        assert len(_unlocked(member)) == 1
    assert counter.ask("undo", of=counter.last_key())["outcome"] == "done"
    assert makers.balance(merchant, member, program) == 2
    with tenancy.scope(merchant):
        assert _unlocked(member) == []


def test_another_device_cannot_undo(counter, merchant, member, lena):
    program = makers.punch_card(merchant)
    counter.stamp(member)
    other = Counter(merchant, at_device(merchant))
    other.enter(lena)
    assert other.ask("undo", of=counter.last_key(), key="another-tap")["outcome"] == "refused"
    assert makers.balance(merchant, member, program) == 1


def test_full_card_is_redeemed_once_and_undone(counter, merchant, member):
    makers.punch_card(merchant, stamps_required=2)
    counter.stamp(member)
    counter.stamp(member)
    with tenancy.scope(merchant):
        [reward] = _unlocked(member)
    answer = counter.ask("redemptions", guest=member.public_id, reward=reward.public_id, key="redeem-01")
    assert answer["outcome"] == "done"
    again = counter.ask("redemptions", guest=member.public_id, reward=reward.public_id, key="redeem-01")
    assert again["sentence"] == answer["sentence"]
    more = counter.ask("redemptions", guest=member.public_id, reward=reward.public_id, key="redeem-02")
    assert more["outcome"] == "refused"
    with tenancy.scope(merchant):
        assert [(row.status, row.actor) for row in Redemption.objects.all()] == [("done", "Lena Hoffmann")]
    assert counter.ask("undo", of="redeem-01")["outcome"] == "done"
    with tenancy.scope(merchant):
        assert _unlocked(member) == [reward]


def test_too_few_points_are_refused_with_the_figures(counter, merchant, member):
    makers.points_program(merchant, rewards=[("Landbrot", 40)])
    counter.amount(member, 1000)
    with tenancy.scope(merchant):
        reward = Reward.objects.get()
    answer = counter.ask("redemptions", guest=member.public_id, reward=reward.public_id)
    assert answer["outcome"] == "refused"
    assert all(figure in answer["sentence"] for figure in ("10", "40", "30"))


def test_managers_pin_gives_a_stamp_in_spite_of_the_cooldown_in_the_managers_name(counter, merchant, member):
    program = makers.punch_card(merchant, cooldown_minutes=60)
    boss = hire(merchant, "Katharina Weißgerber", Staff.Role.MANAGER, pin="2580")
    counter.stamp(member)
    wrong = counter.ask("override", card=member.number, leader=boss.public_id, pin="0000")
    assert wrong["outcome"] == "refused"
    assert makers.balance(merchant, member, program) == 1
    right = counter.ask("override", card=member.number, leader=boss.public_id, pin="2580")
    assert right["outcome"] == "done"
    assert makers.balance(merchant, member, program) == 2
    with tenancy.scope(merchant):
        assert Entry.objects.get(kind="adjust").actor == "Katharina Weißgerber"
        assert AuditEntry.objects.get(action="counter.overridden").subject == member.public_id


def test_cashiers_pin_is_not_a_managers(counter, merchant, member, lena):
    program = makers.punch_card(merchant, cooldown_minutes=60)
    counter.stamp(member)
    answer = counter.ask("override", card=member.number, leader=lena.public_id, pin="4711")
    assert answer["outcome"] == "refused"
    assert makers.balance(merchant, member, program) == 1


def _unlocked(member):
    return [reward for one in standing.of(member) for reward in one.unlocked]


def test_the_digits_on_a_phone_are_good_for_one_handing_over(counter, merchant, member):
    program = makers.points_program(merchant, rewards=[("Landbrot", 100)])
    makers.purchase(merchant, member, 30000)
    with tenancy.scope(merchant):
        reward = Reward.objects.get()
        digits = presenting.present(member, reward).digits
        assert presenting.read(digits) == (member, reward)
    asked = {"guest": member.public_id, "reward": reward.public_id, "shown": f"{digits[:3]} {digits[3:]}"}
    assert counter.ask("redemptions", **asked, key="phone-0001")["outcome"] == "done"
    assert counter.ask("redemptions", **asked, key="phone-0001")["outcome"] == "done"
    assert counter.ask("redemptions", **asked, key="phone-0002")["outcome"] == "refused"
    assert makers.balance(merchant, member, program) == 200
