"""Cards brought together, points given away and corrections approved while others do the same, or buy."""

import pytest

from loyalty import tenancy
from loyalty.errors import Refused
from members import finding, privacy
from members.models import Member
from programs import adjusting, transferring
from programs.models import Entry, Purchase
from rewards import catalogue as rewards
from rewards import checkout, merging, redeeming
from rewards.models import Redemption
from tests import makers
from tests.concurrency.threads import at_once, codes
from tests.programs import books


@pytest.fixture
def cafe(real_database):
    merchant = makers.merchant()
    yield merchant
    books.assert_balanced(merchant)


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas Weidner")


@pytest.fixture
def typo(cafe):
    return makers.member(cafe, "Jonas Weidnr")


@pytest.fixture
def points(cafe, jonas, typo):
    """A points program in which both cards have 100."""
    program = makers.points_program(cafe)
    for member in (jonas, typo):
        makers.purchase(cafe, member, 10_000)
    return program


def give(member, to, program, amount):
    return lambda: transferring.transfer(member=member, to=to, program=program, amount=amount)


def merge(member, into):
    return lambda: merging.merge(member, into)


def survivors(cafe):
    with tenancy.scope(cafe):
        return list(Member.objects.filter(status="active"))


def test_of_four_transfers_of_all_points_exactly_one_is_done(cafe, jonas, typo, points):
    results = at_once(cafe, *[give(typo, jonas, points, 100)] * 4)
    assert codes(results) == ["done"] + ["insufficient_balance"] * 3
    assert (makers.balance(cafe, typo, points), makers.balance(cafe, jonas, points)) == (0, 200)


def test_two_who_give_to_each_other_at_once_do_not_wait_in_a_circle(cafe, jonas, typo, points):
    verbs = [give(typo, jonas, points, 10), give(jonas, typo, points, 10)]
    assert codes(at_once(cafe, *verbs * 4)) == ["done"] * 8
    assert (makers.balance(cafe, typo, points), makers.balance(cafe, jonas, points)) == (100, 100)


def test_giving_and_redeeming_at_once_spend_the_same_points_once(cafe, jonas, typo, points):
    with tenancy.scope(cafe):
        wanted = rewards.create_reward(program=points, name="Krapfen", cost=100)
    results = at_once(
        cafe, give(typo, jonas, points, 100), lambda: redeeming.redeem(member=typo, reward=wanted)
    )
    assert codes(results) == ["done", "insufficient_balance"]
    assert makers.balance(cafe, typo, points) == 0


def test_the_same_merge_at_once_is_done_once(cafe, jonas, typo, points):
    results = at_once(cafe, *[merge(typo, jonas)] * 4)
    assert codes(results) == ["already_merged"] * 3 + ["done"]
    assert survivors(cafe) == [jonas]
    assert makers.balance(cafe, jonas, points) == 200


def test_of_two_merges_into_each_other_one_is_done(cafe, jonas, typo, points):
    results = at_once(cafe, merge(typo, jonas), merge(jonas, typo))
    assert codes(results) == ["conflict", "done"], "asked for again, both are the same guest"
    (survivor,) = survivors(cafe)
    assert makers.balance(cafe, survivor, points) == 200


def test_a_chain_of_merges_at_once_loses_nothing(cafe, jonas, typo, points):
    third = makers.member(cafe, "Jo")
    makers.purchase(cafe, third, 5000)
    first, second = at_once(cafe, merge(typo, jonas), merge(jonas, third))
    assert not isinstance(second, Refused)
    with tenancy.scope(cafe):
        # Who came too late is told to try again, and then finds the survivor.
        if isinstance(first, Refused):
            assert first.code == "conflict"
            merging.merge(typo, finding.find(id=jonas.public_id))
    assert survivors(cafe) == [third]
    assert makers.balance(cafe, third, points) == 250


def test_a_purchase_meets_a_merge_and_is_booked_for_the_survivor_or_told_to_try_again(
    cafe, jonas, typo, points
):
    buy = lambda: checkout.ring_up(checkout.Sale(typo, 1000))  # noqa: E731
    bought, *_more, merged = at_once(cafe, buy, buy, buy, merge(typo, jonas))
    assert not isinstance(merged, Refused)
    with tenancy.scope(cafe):
        count = Purchase.objects.filter(member=jonas, amount_minor=1000).count()
        assert Purchase.objects.filter(member=typo).count() == 0
        assert Member.objects.get(id=jonas.id).visits == 2 + count
    assert {bought.code} == {"conflict"} if isinstance(bought, Refused) else count >= 1
    assert makers.balance(cafe, jonas, points) == 200 + 10 * count


def test_a_refund_meets_a_merge_and_is_taken_from_the_survivor_or_told_to_try_again(
    cafe, jonas, typo, points
):
    bought = makers.purchase(cafe, typo, 3000).purchase
    refunded, _merged = at_once(cafe, lambda: checkout.give_back(bought), merge(typo, jonas))
    if isinstance(refunded, Refused):
        assert refunded.code == "conflict"
        with tenancy.scope(cafe):
            checkout.give_back(Purchase.objects.get(id=bought.id))
    assert makers.balance(cafe, jonas, points) == 200


def test_a_redemption_cancelled_while_its_card_is_merged_returns_its_points_once(cafe, jonas, typo, points):
    with tenancy.scope(cafe):
        wanted = rewards.create_reward(program=points, name="Krapfen", cost=60)
        redemption = redeeming.redeem(member=typo, reward=wanted)
    cancelled, _merged = at_once(cafe, lambda: redeeming.cancel(redemption), merge(typo, jonas))
    if isinstance(cancelled, Refused):
        assert cancelled.code == "conflict"
        with tenancy.scope(cafe):
            redeeming.cancel(Redemption.objects.get())
    assert makers.balance(cafe, jonas, points) == 200


@pytest.mark.parametrize("erased", ["typo", "jonas"])
def test_an_erasure_that_meets_a_merge_leaves_nobody_half_forgotten(cafe, jonas, typo, points, erased):
    gone = {"typo": typo, "jonas": jonas}[erased]
    erasure, merged = at_once(cafe, lambda: privacy.erase(gone), merge(typo, jonas))
    with tenancy.scope(cafe):
        if isinstance(erasure, Refused):
            assert (erasure.code, isinstance(merged, Refused)) == ("conflict", False)
            erasure = privacy.erase(finding.find(id=gone.public_id))
        assert (erasure.status, erasure.name) == ("erased", "")
        assert isinstance(merged, Refused) or not Member.objects.exclude(name="").exists()


def test_a_correction_approved_by_many_at_once_is_booked_once(cafe, jonas):
    program = makers.points_program(cafe, adjustment_limit=100)
    with tenancy.scope(cafe):
        proposal = adjusting.adjust(member=jonas, program=program, amount=500, reason="Kulanz", actor="Aylin")
    approvals = [
        lambda actor=actor: adjusting.approve(proposal, actor=actor) for actor in ("Ines", "Mehmet", "Olga")
    ]
    decline = lambda: adjusting.decline(proposal, actor="Aylin")  # noqa: E731
    results = at_once(cafe, *approvals, decline)
    assert codes(results) == ["already_decided"] * 3 + ["done"]
    approved = not isinstance(results[-1], Refused)
    with tenancy.scope(cafe):
        assert Entry.objects.filter(kind="adjust").count() == (0 if approved else 1)
