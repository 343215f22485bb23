"""A voucher is given to a friend: offered, taken back, accepted, once."""

import pytest

from loyalty import tenancy
from loyalty.errors import Invalid, NotFound
from loyalty.events.models import Event
from members.models import Member
from rewards import catalogue, checkout, merging, redeeming, vouchers
from rewards.gifts import giving, refusals
from rewards.gifts.models import VoucherGift
from rewards.models import Redemption, Voucher
from tests import makers

pytestmark = pytest.mark.django_db
FRIEND = "ines@example.org"


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return makers.member(cafe, "Jonas", email="jonas@example.org")


@pytest.fixture
def points(cafe, jonas):
    program = makers.points_program(cafe)
    makers.purchase(cafe, jonas, 10_000)
    return program


def voucher(cafe, jonas, points, **columns):
    columns = {"kind": "amount_off", "value_minor": 500, "transferable": True} | columns
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(program=points, name="5 €", cost=10, **columns)
        redemption = redeeming.redeem(member=jonas, reward=reward, use="later")
        return vouchers.of_redemption(redemption)


@pytest.fixture
def offered(cafe, jonas, points):
    held = voucher(cafe, jonas, points)
    with tenancy.scope(cafe):
        return giving.offer(held, to_email=FRIEND)


def refused(cafe, kind, verb, *args, **more):
    with tenancy.scope(cafe):
        before = list(VoucherGift.objects.values_list("id", "status"))
        with pytest.raises(kind) as refusal:
            verb(*args, **more)
        assert list(VoucherGift.objects.values_list("id", "status")) == before
        return refusal.value


def test_who_accepts_becomes_a_member_brought_by_the_giver_and_holds_it(cafe, jonas, offered):
    old = offered.voucher.code
    with tenancy.scope(cafe):
        ines = giving.accept(offered, name="Ines")
        held = Voucher.objects.get()
        assert (ines.email, ines.referred_by_id, held.member_id) == (FRIEND, jonas.id, ines.id)
        assert held.code != old
        with pytest.raises(NotFound):
            vouchers.find(old)
        gift = VoucherGift.objects.get()
        assert (gift.status, gift.receiver_id, gift.to_email) == ("accepted", ines.id, "")
        kinds = Event.objects.filter(member_id=jonas.id, kind__startswith="voucher.").order_by("id")
        assert [event.kind for event in kinds] == ["voucher.offered", "voucher.accepted"]
        assert old not in str([event.payload for event in kinds])


def test_a_member_with_that_address_holds_it_and_stays_who_they_are(cafe, offered):
    ines = makers.member(cafe, "Ines", email=FRIEND)
    with tenancy.scope(cafe):
        assert giving.accept(offered, name="Somebody").id == ines.id
        assert Voucher.objects.get().member_id == ines.id
        assert Member.objects.get(id=ines.id).referred_by_id is None
        assert Member.objects.count() == 2


def test_it_is_accepted_once(cafe, offered):
    with tenancy.scope(cafe):
        giving.accept(offered, name="Ines")
    refused(cafe, refusals.GiftGone, giving.accept, offered, name="Ines")


def test_taken_back_it_is_no_gift_any_more_and_can_be_offered_again(cafe, offered):
    with tenancy.scope(cafe):
        giving.take_back(offered.voucher)
    refused(cafe, refusals.GiftGone, giving.find, offered.id)
    refused(cafe, refusals.NotOffered, giving.take_back, offered.voucher)
    with tenancy.scope(cafe):
        again = giving.offer(offered.voucher, to_email="paul@example.org")
        assert (again.status, VoucherGift.objects.get(id=offered.id).to_email) == ("offered", "")


def test_until_it_is_accepted_the_giver_can_use_it_and_then_it_is_gone(cafe, jonas, offered):
    makers.purchase(cafe, jonas, 2000, vouchers=(offered.voucher.code,))
    refused(cafe, refusals.GiftGone, giving.accept, offered, name="Ines")
    with tenancy.scope(cafe):
        assert Voucher.objects.get().member_id == jonas.id
        assert Member.objects.count() == 1


def test_given_on_it_does_not_go_back_to_points(cafe, jonas, points, offered):
    with tenancy.scope(cafe):
        giving.accept(offered, name="Ines")
        redemption = Redemption.objects.get()
    refused(cafe, refusals.GivenOn, redeeming.cancel, redemption)
    assert makers.balance(cafe, jonas, points) == 90


def test_the_friends_purchase_returned_gives_the_points_to_who_paid_them(cafe, jonas, points, offered):
    with tenancy.scope(cafe):
        ines = giving.accept(offered, name="Ines")
        code = Voucher.objects.get().code
    bought = makers.purchase(cafe, ines, 2000, vouchers=(code,)).purchase
    assert bought.net_minor == 1500
    with tenancy.scope(cafe):
        checkout.give_back(bought)
    assert (makers.balance(cafe, jonas, points), makers.balance(cafe, ines, points)) == (100, 0)


def test_what_cannot_be_given_is_refused(cafe, jonas, points):
    held = voucher(cafe, jonas, points, transferable=False)
    refused(cafe, refusals.NotTransferable, giving.offer, held, to_email=FRIEND)
    good = voucher(cafe, jonas, points)
    refused(cafe, refusals.GiverUnknown, giving.offer, good, to_email="Jonas@example.org")
    refused(cafe, Invalid, giving.offer, good, to_email="ines")
    with tenancy.scope(cafe):
        vouchers.hold(good, minutes=5, actor="Kasse 1")
    refused(cafe, vouchers.VoucherHeld, giving.offer, good, to_email=FRIEND)


def test_a_voucher_is_offered_to_one_at_a_time(cafe, offered):
    refused(cafe, refusals.AlreadyOffered, giving.offer, offered.voucher, to_email="paul@example.org")


def test_a_gift_moves_with_its_giver(cafe, jonas, points, offered):
    twin = makers.member(cafe, "Jonas W.")
    with tenancy.scope(cafe):
        merging.merge(jonas, twin)
        assert giving.accept(giving.find(offered.id), name="Ines").referred_by_id == twin.id
