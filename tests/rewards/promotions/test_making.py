"""Promotions are made with one code or with many, and changed."""

import pytest

from loyalty import readable_codes, tenancy
from loyalty.errors import Invalid
from loyalty.jobs import jobs
from rewards import catalogue
from rewards.models import Voucher
from rewards.promotions import making
from rewards.promotions.models import Promotion, PromotionCode
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def inside(cafe):
    with tenancy.scope(cafe):
        yield cafe


@pytest.fixture
def coffee(inside):
    return catalogue.create_reward(name="Ein Kaffee", unlocked_only=True)


def test_a_shared_code_is_kept_without_spaces_and_hyphens(coffee):
    promotion, codes, job = making.make(reward=coffee, code="Sommer-26")
    assert (promotion.code, promotion.name, codes, job) == ("SOMMER26", "Ein Kaffee", ["SOMMER26"], None)
    assert Voucher.objects.count() == 0


def test_a_thousand_single_use_codes_are_there_at_once(coffee):
    promotion, codes, job = making.make(reward=coffee, count=1000)
    assert (len(set(codes)), job) == (1000, None)
    assert all(readable_codes.parse(code) == code for code in codes)
    assert PromotionCode.objects.filter(promotion=promotion).count() == 1000


def test_more_are_made_by_a_job_chunk_by_chunk(coffee, monkeypatch):
    monkeypatch.setattr(making, "CHUNK", 400)
    promotion, codes, job = making.make(reward=coffee, count=1001)
    assert (codes, job.total, Voucher.objects.count()) == (None, 1001, 0)
    done = jobs.work(job)
    assert (done.status, done.done) == ("done", 1001)
    assert PromotionCode.objects.filter(promotion=promotion).count() == 1001
    assert Voucher.objects.values("code").distinct().count() == 1001


def test_the_same_code_again_is_refused(coffee):
    making.make(reward=coffee, code="SOMMER26")
    with pytest.raises(making.CodeTaken):
        making.make(reward=coffee, code="sommer 26")
    assert Promotion.objects.count() == 1


def test_what_could_be_a_voucher_is_no_shared_code(coffee):
    with pytest.raises(Invalid):
        making.make(reward=coffee, code=readable_codes.new())


def test_a_gift_card_is_no_reward_of_a_promotion(inside):
    card = catalogue.create_reward(name="5 €", kind="gift_card", value_minor=500, unlocked_only=True)
    with pytest.raises(Invalid) as refusal:
        making.make(reward=card, code="SOMMER26")
    assert list(refusal.value.facts["field_errors"]) == ["reward"]
    assert Promotion.objects.count() == 0


def test_a_limit_is_not_set_below_what_was_used(cafe):
    with tenancy.scope(cafe):
        reward = catalogue.create_reward(name="1 €", kind="amount_off", value_minor=100, unlocked_only=True)
        promotion = making.make(reward=reward, code="SOMMER26")[0]
    for _time in range(2):
        makers.purchase(cafe, None, 500, vouchers=("SOMMER26",))
    with tenancy.scope(cafe):
        with pytest.raises(Invalid):
            making.change(promotion, usage_limit=1)
        assert making.change(promotion, usage_limit=2).used == 2
