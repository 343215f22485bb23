"""The editors of programs and rewards."""

from datetime import timedelta

import pytest
from django.urls import reverse

from loyalty import clock
from loyalty.merchants.models import AuditEntry
from programs import catalogue
from programs.endings import closing
from programs.models import Program, ProgramVersion
from rewards.models import Reward
from tests import makers

CARD = {
    "name": "Kaffeekarte", "stamp_per": "visit", "stamps_required": "10", "welcome_stamps": "0",
    "reward_name": "Ein Kaffee nach Wahl", "reward_cost": "", "reward_value": "", "interim_at": "", "interim_name": "",
    "cooldown_minutes": "0", "expiry": "never", "per_minor": "",
}  # fmt: skip
POINTS = {"name": "Brotpunkte", "points": "1", "per_minor": "1.00", "pending_days": "0", "expiry": "never"}


def settings(shop, program):
    with shop.scope():
        return catalogue.current(Program.objects.filter(id=program.id))[0].settings


def save(owner, program, values):
    return owner.post(reverse("dashboard:program", args=[program.public_id]), values)


@pytest.fixture
def card(shop):
    return makers.punch_card(shop.merchant)


def test_a_change_makes_a_version_and_is_written_down(shop, owner, card):
    answer = save(
        owner, card, CARD | {"stamps_required": "8", "cooldown_minutes": "60", "expiry": "inactivity-12"}
    )
    assert answer.status_code == 302
    held = settings(shop, card)
    assert (held.stamps_required, held.cooldown_minutes, held.expiry.months) == (8, 60, 12)
    with shop.scope():
        assert ProgramVersion.objects.get(number=2).created_by == "Aylin Brandt"
        assert AuditEntry.objects.get().details == {"version": 2}


def test_saving_without_a_change_makes_no_version(shop, owner, card):
    save(owner, card, CARD)
    with shop.scope():
        assert ProgramVersion.objects.count() == 1


def test_settings_that_no_control_shows_stay(shop, owner):
    program = makers.punch_card(shop.merchant, max_stamps_per_day=3, overflow="cap", min_minor=200)
    save(owner, program, CARD | {"stamps_required": "8"})
    held = settings(shop, program)
    assert (held.max_stamps_per_day, held.overflow, held.min_minor, held.stamps_required) == (
        3,
        "cap",
        200,
        8,
    )


def test_an_expiry_that_no_control_shows_stays(shop, owner):
    program = makers.punch_card(shop.merchant, expiry={"kind": "inactivity", "months": 7})
    page = owner.get(reverse("dashboard:program", args=[program.public_id])).content.decode()
    assert "as it is now" in page
    save(owner, program, CARD | {"expiry": "kept", "stamps_required": "8"})
    assert settings(shop, program).expiry.months == 7


def test_a_reward_of_another_name_is_another_reward(shop, owner, card):
    before = settings(shop, card).reward
    save(owner, card, CARD | {"reward_name": "Ein Espresso"})
    with shop.scope():
        names = {one.public_id: one.name for one in Reward.objects.all()}
    after = settings(shop, card).reward
    assert (names[before], names[after]) == ("Ein Kaffee nach Wahl", "Ein Espresso")


def test_the_price_of_a_reward_changes_the_reward_itself(shop, owner, card):
    save(owner, card, CARD | {"reward_cost": "0,85", "reward_value": "3.90"})
    with shop.scope():
        reward = Reward.objects.get()
        assert (reward.cost_to_merchant_minor, reward.value_minor) == (85, 390)
        assert ProgramVersion.objects.count() == 1


def test_a_reward_on_the_way_is_added_and_taken_away(shop, owner, card):
    save(owner, card, CARD | {"interim_at": "5", "interim_name": "Ein Haferkeks"})
    [step] = settings(shop, card).interim
    with shop.scope():
        assert (step.at, Reward.objects.by_public_id("rwd", step.reward).name) == (5, "Ein Haferkeks")
    save(owner, card, CARD | {"interim_at": "5", "interim_name": "Ein Haferkeks"})
    assert settings(shop, card).interim == (step,)
    save(owner, card, CARD)
    assert settings(shop, card).interim == ()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"stamp_per": "amount"}, "For how much is there one stamp?"),
        ({"welcome_stamps": "10"}, "The card would be full at once."),
        ({"interim_name": "Keks"}, "At which stamp is it given?"),
        ({"interim_at": "10", "interim_name": "Keks"}, "On the way is before the card is full."),
        ({"name": ""}, "This field is required."),
        ({"reward_cost": "viel"}, "Please write an amount"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_typed_is_lost(shop, owner, card, wrong, said):
    text = save(owner, card, CARD | {"reward_name": "Ein Tee"} | wrong).content.decode()
    assert "Nothing was changed." in text
    assert said in text
    assert 'value="Ein Tee"' in text
    with shop.scope():
        assert (ProgramVersion.objects.count(), Reward.objects.count()) == (1, 1)


def test_points_are_changed(shop, owner):
    program = makers.points_program(shop.merchant)
    save(
        owner,
        program,
        POINTS | {"points": "2", "per_minor": "1,50", "accumulate": "on", "pending_days": "14"},
    )
    held = settings(shop, program)
    assert (held.earn.points, held.earn.per_minor, held.earn.accumulate, held.pending_days) == (
        2,
        150,
        True,
        14,
    )


def test_a_program_is_closed_and_opened_again(shop, owner, card):
    address = reverse("dashboard:program_status", args=[card.public_id])
    owner.post(address, {"status": "closed"})
    with shop.scope():
        assert catalogue.live() == []
    owner.post(address, {"status": "active"})
    with shop.scope():
        assert len(catalogue.live()) == 1
    assert owner.post(address, {"status": "draft"}).status_code == 404


def test_a_program_whose_last_day_has_passed_stays_closed_and_it_is_said(shop, owner, card):
    with shop.scope():
        row = closing.close(card, redeem_until=clock.now() + timedelta(days=1))
        type(row).objects.filter(id=row.id).update(
            starts_at=row.starts_at - timedelta(days=9), ends_at=row.ends_at - timedelta(days=9),
            redeem_until=clock.now() - timedelta(days=8),
        )  # fmt: skip
    address = reverse("dashboard:program_status", args=[card.public_id])
    answer = owner.post(address, {"status": "active"}, follow=True)
    assert "has expired" in answer.content.decode()
    with shop.scope():
        assert catalogue.live() == []


def test_the_preview_answers_to_what_is_typed_and_stores_nothing(shop, owner, card):
    address = reverse("dashboard:program_preview", args=[card.public_id])
    text = owner.post(
        address, CARD | {"stamps_required": "6", "reward_name": "A tea", "state": "new"}
    ).content.decode()
    assert "0 of 6" in text
    assert 'id="cost"' in text
    with shop.scope():
        assert ProgramVersion.objects.count() == 1


def test_the_preview_bears_what_is_half_typed(owner, card):
    address = reverse("dashboard:program_preview", args=[card.public_id])
    assert owner.post(address, {"stamps_required": "", "welcome_stamps": "x"}).status_code == 200


def test_the_cost_is_the_rewards_price_of_what_a_card_takes(shop, owner, card):
    anna = shop.guest("Anna")
    for _number in range(20):
        shop.buys(anna, 400)
    page = reverse("dashboard:program_preview", args=[card.public_id])
    text = owner.post(page, CARD | {"reward_cost": "1.00"}).content.decode()
    assert "€40" in text  # Ten purchases at four euros.
    assert "2.5\N{NARROW NO-BREAK SPACE}%" in text


def test_versions_tell_what_held(owner, card):
    save(owner, card, CARD | {"stamps_required": "8"})
    text = owner.get(reverse("dashboard:versions", args=[card.public_id])).content.decode()
    assert (
        text.index("Version 2")
        < text.index("8 stamps fill the card.")
        < text.index("10 stamps fill the card.")
    )


def test_a_further_program_of_points_comes_with_its_first_reward(shop, owner, card):
    given = POINTS | {
        "type": "points",
        "reward_name": "Landbrot",
        "reward_points": "150",
        "reward_cost": "1,80",
    }
    assert owner.post(reverse("dashboard:new_program"), given).status_code == 302
    with shop.scope():
        loaf = Reward.objects.get(name="Landbrot")
        assert (loaf.cost, loaf.cost_to_merchant_minor, loaf.program.name) == (150, 180, "Brotpunkte")


# --- Rewards --------------------------------------------------------------------------------------------------


REWARD = {
    "name": "Franzbrötchen",
    "kind": "product",
    "cost": "60",
    "cost_to_merchant_minor": "0,60",
    "value_minor": "",
}


@pytest.fixture
def points(shop):
    return makers.points_program(shop.merchant, rewards=[("Landbrot", 150)])


def test_a_reward_is_added(shop, owner, points):
    owner.post(reverse("dashboard:new_reward"), REWARD | {"program": points.public_id, "stock": "20"})
    with shop.scope():
        made = Reward.objects.get(name="Franzbrötchen")
        assert (made.cost, made.cost_to_merchant_minor, made.stock, made.program_id) == (
            60,
            60,
            20,
            points.id,
        )


def test_money_off_needs_its_amount(shop, owner, points):
    given = REWARD | {"program": points.public_id, "kind": "amount_off"}
    text = owner.post(reverse("dashboard:new_reward"), given).content.decode()
    assert "Write how much is taken off." in text
    assert 'value="Franzbrötchen"' in text
    with shop.scope():
        assert Reward.objects.count() == 1


def test_a_reward_is_put_away_and_brought_back(shop, owner, points):
    with shop.scope():
        loaf = Reward.objects.get()
    text = owner.post(
        reverse("dashboard:archive_reward", args=[loaf.public_id]), follow=True
    ).content.decode()
    back = reverse("dashboard:restore_reward", args=[loaf.public_id])
    assert f'action="{back}"' in text
    with shop.scope():
        assert Reward.objects.get().archived_at is not None
    owner.post(back)
    with shop.scope():
        assert Reward.objects.get().archived_at is None


def test_a_reward_is_changed(shop, owner, points):
    with shop.scope():
        loaf = Reward.objects.get()
    owner.post(
        reverse("dashboard:reward", args=[loaf.public_id]),
        REWARD | {"name": "Großes Landbrot", "cost": "140"},
    )
    with shop.scope():
        held = Reward.objects.get()
        assert (held.name, held.cost, held.program_id) == ("Großes Landbrot", 140, points.id)


def test_a_full_cards_reward_has_no_price_in_points(shop, owner, card):
    with shop.scope():
        coffee = Reward.objects.get()
    address = reverse("dashboard:reward", args=[coffee.public_id])
    assert "Costs so many points" not in owner.get(address).content.decode()
    owner.post(
        address, {"name": "Ein Kaffee nach Wahl", "cost_to_merchant_minor": "0,85", "value_minor": "3,90"}
    )
    with shop.scope():
        assert Reward.objects.get().cost_to_merchant_minor == 85


def test_the_list_tells_how_many_visits_a_reward_takes(shop, owner, points):
    anna = shop.guest("Anna")
    for _number in range(2):
        shop.buys(anna, 1500)
    text = owner.get(reverse("dashboard:rewards")).content.decode()
    assert "about 10" in text  # 150 points at 15 a visit.
