"""Vouchers over HTTP: held by one key, released, drawn."""

import pytest

from loyalty import tenancy
from rewards.models import Reward
from tests.rest.conftest import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def tills(api):
    return [
        Api(api.post("/api-keys", {"name": name, "scopes": ["counter"]}).json()["key"])
        for name in ("Kasse 1", "Kasse 2")
    ]


@pytest.fixture
def code(api):
    """A voucher of 5.00."""
    program = api.post("/programs", {"type": "points", "name": "Brotpunkte"}).json()["id"]
    reward = {"name": "5 €", "program": program, "cost": 10, "kind": "amount_off", "value_minor": 500}
    wanted = api.post("/rewards", reward).json()["id"]
    jonas = api.post("/members", {"name": "Jonas"}).json()["id"]
    api.post("/purchases", {"member": jonas, "amount_minor": 10_000})
    return api.post("/redemptions", {"member": jonas, "reward": wanted, "use": "later"}).json()["voucher"]


def buy(till, code):
    return till.post("/purchases", {"amount_minor": 2000, "vouchers": [code]})


def test_a_held_voucher_is_the_holders_alone(tills, code):
    one, other = tills
    held = one.post(f"/vouchers/{code}/hold", {"minutes": 5})
    assert (held.status_code, held.json()["status"]) == (200, "held")
    assert held.json()["held_until"] == "2026-03-12T13:05:00+01:00"
    refused = buy(other, code)
    assert (refused.status_code, refused.json()["code"]) == (409, "code_held")
    assert other.post(f"/vouchers/{code}/release").status_code == 409
    assert (
        one.post("/purchases/preview", {"amount_minor": 2000, "vouchers": [code]}).json()["net_minor"] == 1500
    )
    assert buy(one, code).json()["net_minor"] == 1500
    assert one.get(f"/vouchers/{code}").json()["status"] == "used"


def test_released_or_after_its_time_it_is_anybodys(api, tills, code):
    one, other = tills
    one.post(f"/vouchers/{code}/hold", {})
    assert one.post(f"/vouchers/{code}/release").json() | {"url": None} == (
        one.get(f"/vouchers/{code}").json() | {"url": None}
    )
    other.post(f"/vouchers/{code}/hold", {})
    assert buy(one, code).status_code == 409
    api.post("/test-clock", {"now": "2026-03-12T13:10:00+01:00"})
    assert buy(one, code).status_code == 201


def test_a_hold_lasts_an_hour_at_most(tills, code):
    assert tills[0].post(f"/vouchers/{code}/hold", {"minutes": 61}).status_code == 400
    assert tills[0].get(f"/vouchers/{code}").json()["status"] == "open"


def test_the_qr_code_is_a_picture_of_its_own(api, code):
    drawn = api.get(f"/vouchers/{code}/qr.svg")
    assert (drawn.status_code, drawn.headers["Content-Type"]) == (200, "image/svg+xml")
    assert drawn.content.startswith(b'<svg xmlns="http://www.w3.org/2000/svg"')


def test_a_voucher_is_given_on_and_taken_back(api, shop, code):
    given, jonas = code, api.get(f"/vouchers/{code}").json()["member"]
    api.patch(f"/members/{jonas}", {"email": "jonas@example.org"})
    with tenancy.scope(shop.merchant):
        Reward.objects.update(transferable=True)
    gift = api.post(f"/vouchers/{given}/transfer", {"to_email": "Ines@Example.org"})
    assert (gift.status_code, gift.json()["status"], gift.json()["to_email"]) == (
        201, "offered", "Ines@example.org",
    )  # fmt: skip
    again = api.post(f"/vouchers/{given}/transfer", {"to_email": "paul@example.org"})
    assert (again.status_code, again.json()["code"]) == (422, "already_offered")
    assert len(api.get("/messages?campaign=voucher_gift").json()["data"]) == 1
    back = api.post(f"/vouchers/{given}/transfer/withdrawal")
    assert (back.json()["status"], back.json()["to_email"]) == ("taken_back", None)
    assert api.get(f"/vouchers/{given}").json()["member"] == jonas


def test_a_voucher_that_is_not_transferable_stays(api, code):
    answer = api.post(f"/vouchers/{code}/transfer", {"to_email": "ines@example.org"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_transferable")
