"""Pages of a list: newest first, none twice, none missing, whatever is added meanwhile."""

import pytest

from loyalty import tenancy
from loyalty.events import recording
from loyalty.merchants import keys
from tests.makers import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def eleven(shop):
    """Ten more keys beside the first."""
    return [keys.issue(merchant=shop.merchant, name=f"Key {n}")[0] for n in range(10)]


def names(response):
    return [row["name"] for row in response.json()["data"]]


def test_pages_follow_each_other_to_the_end(api, eleven):
    first = api.get("/api-keys?limit=4")
    assert names(first) == ["Key 9", "Key 8", "Key 7", "Key 6"]
    second = api.get(f"/api-keys?limit=4&cursor={first.json()['next_cursor']}")
    assert names(second) == ["Key 5", "Key 4", "Key 3", "Key 2"]
    third = api.get(f"/api-keys?limit=4&cursor={second.json()['next_cursor']}")
    assert names(third) == ["Key 1", "Key 0", "First key"]
    assert third.json()["next_cursor"] is None


def test_a_page_that_holds_all_has_no_next(api, eleven):
    assert api.get("/api-keys?limit=11").json()["next_cursor"] is None
    assert api.get("/api-keys?limit=10").json()["next_cursor"] is not None


def test_rows_added_meanwhile_shift_nothing(api, shop, eleven):
    first = api.get("/api-keys?limit=4").json()
    keys.issue(merchant=shop.merchant, name="Newcomer")
    assert names(api.get(f"/api-keys?limit=2&cursor={first['next_cursor']}")) == ["Key 5", "Key 4"]


def test_rows_of_the_same_moment_are_told_apart_by_their_ids(api, shop):
    with tenancy.scope(shop.merchant):
        for number in range(5):
            recording.record("test.counted", at=NOON, number=number)
    seen, cursor = [], ""
    while cursor is not None:
        page = api.get(f"/events?limit=2&type=test.counted&cursor={cursor}").json()
        seen += [row["data"]["number"] for row in page["data"]]
        cursor = page["next_cursor"]
    assert seen == [4, 3, 2, 1, 0]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "ten", "1.5", "²", "99999999999999999999"])
def test_a_limit_is_a_whole_number_from_1_to_200(api, limit):
    response = api.get(f"/api-keys?limit={limit}")
    assert response.status_code == 400
    assert response.json()["field_errors"] == {"limit": ["Write a whole number from 1 to 200."]}


@pytest.mark.parametrize(
    "cursor",
    ["x", "äöü", "e30", "WyJ4Il0", "bnVsbA", "WzFd", "WyIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJd"],
)
@pytest.mark.parametrize("path", ["/events", "/api-keys"])
def test_a_cursor_that_we_did_not_give_is_refused(api, path, cursor):
    response = api.get(f"{path}?cursor={cursor}")
    if path == "/api-keys" and cursor.startswith("WyIwMD"):
        assert response.json()["data"] == []
        return
    assert response.status_code == 400
    assert list(response.json()["field_errors"]) == ["cursor"]
