"""Who brought whom, over HTTP."""

import pytest

from tests.rest.conftest import Api, registered

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(api):
    return api.post("/members", {"name": "Anna"}).json()


@pytest.mark.parametrize("named", [lambda m: m["id"], lambda m: m["number"], lambda m: m["card"]["url"]])
def test_a_member_tells_who_brought_them(api, anna, named):
    ben = api.post("/members", {"name": "Ben", "referred_by": named(anna)})
    assert ben.status_code == 201
    assert ben.json()["referred_by"] == anna["id"]
    assert api.get(f"/members/{ben.json()['id']}").json()["referred_by"] == anna["id"]
    assert api.get(f"/members/{ben.json()['id']}/export").json()["member"]["referred_by"] == anna["id"]
    assert anna["referred_by"] is None


def test_an_unknown_friend_is_refused_with_what_to_do_and_another_shops_is_unknown(api, anna):
    stranger = Api(registered("Bäckerei Feldmann").api_key)
    for client, friend in ((api, "12345678"), (stranger, anna["id"]), (stranger, anna["card"]["token"])):
        refused = client.post("/members", {"name": "Ben", "referred_by": friend})
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid")
        sentence = (
            "Nobody is known here by this. Send a member's id, or the number or the code of their card."
        )
        assert refused.json()["field_errors"] == {"referred_by": [sentence]}
        assert [row for row in client.get("/members").json()["data"] if row["name"] == "Ben"] == []


def test_in_a_batch_the_row_with_an_unknown_friend_fails_alone(api, anna):
    rows = [
        {"name": "Ben", "referred_by": anna["number"]},
        {"name": "Cleo", "referred_by": "12345678"},
        {"name": "Dora"},
        {"name": "Emil", "referred_by": anna["id"]},
    ]
    results = api.post("/members/batch", {"members": rows}).json()["results"]
    assert [one["status"] for one in results] == [201, 400, 201, 201]
    assert [one["member"] and one["member"]["referred_by"] for one in results] == [
        anna["id"], None, None, anna["id"],
    ]  # fmt: skip
    assert list(results[1]["problem"]["field_errors"]) == ["referred_by"]
