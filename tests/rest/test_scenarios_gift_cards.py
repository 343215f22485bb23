"""Worked cases of gift cards, played by an integrator: only what the API answers is looked at."""

import pytest

from tests.rest.test_scenarios import Till


@pytest.fixture
def till(api, shop):
    return Till(api, shop.merchant)


def issued(till, balance_minor):
    return till.made("/gift-cards", {"balance_minor": balance_minor, "currency": "EUR"})["code"]


def on(till, code):
    return till.api.get(f"/gift-cards/{code}").json()["balance_minor"]


def test_04_of_100_00_with_50_00_paid_by_gift_card_100_points_are_given(till):
    till.points()
    code = issued(till, 5000)
    bought = till.buy(10_000, gift_cards=[code])
    assert (bought["amount_minor"], bought["discount_minor"], bought["net_minor"]) == (10_000, 0, 10_000)
    assert bought["credits"][0]["amount"] == 100
    assert bought["gift_cards"] == [{"code": code, "amount_minor": 5000, "balance_minor": 0}]
    assert on(till, code) == 0


def test_25_3_20_off_50_00_leave_46_80_and_100_00_are_refused(till):
    code = issued(till, 5000)
    charged = till.made(f"/gift-cards/{code}/charges", {"amount_minor": 320})
    assert charged["balance_minor"] == 4680
    refused = till.api.post(f"/gift-cards/{code}/charges", {"amount_minor": 10_000})
    assert (refused.status_code, refused.json()["code"]) == (422, "insufficient_balance")
    facts = {name: refused.json()[name] for name in ("balance_minor", "amount_minor", "missing_minor")}
    assert facts == {"balance_minor": 4680, "amount_minor": 10_000, "missing_minor": 5320}
    assert on(till, code) == 4680


def test_25_of_20_00_and_10_00_with_25_00_due_0_and_5_00_are_left(till):
    codes = [issued(till, 2000), issued(till, 1000)]
    bought = till.made("/purchases", {"amount_minor": 2500, "gift_cards": codes})
    assert [(one["amount_minor"], one["balance_minor"]) for one in bought["gift_cards"]] == [
        (2000, 0),
        (500, 500),
    ]
    assert [on(till, code) for code in codes] == [0, 500]
