"""Personal data is in one place and can leave it: after an erasure no table knows who it was."""

import json

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns import relaying
from loyalty import tenancy
from loyalty.merchants import devices, staffing
from loyalty.merchants.models import AuditEntry, IdempotencyRecord, Location, Staff
from members import finding, privacy
from members.models import Member
from tests.rest.conftest import Api, registered

pytestmark = pytest.mark.django_db

PERSON = {
    "name": "Zacharias Quendel",
    "email": "Zacharias@Quendel.example",
    "phone": "+4915123456789",
    "birthday": "1979-11-04",
    "external_id": "KD-90210",
}
# Also in the forms in which they are compared or told.
TRACES = [*PERSON.values(), "zacharias@quendel.example", "Zacharias", "Quendel"]


@pytest.fixture
def shop(db):
    return registered("Café Morgenrot")


@pytest.fixture
def api(shop):
    return Api(shop.api_key)


def everything_stored():
    """Every row of every table that the merchant's scope can see, as text: {table: text}."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall() if row[0] != "django_migrations"]
        stored = {}
        for table in tables:
            cursor.execute(f'SELECT string_agg(one::text, chr(10)) FROM "{table}" AS one')
            stored[table] = cursor.fetchone()[0] or ""
    # Sessions are packed.
    sessions = [session.get_decoded() for session in Session.objects.all()]
    return stored | {"sessions": json.dumps(sessions, ensure_ascii=False)}


def lived_through(shop, api):
    """A member who did all that leaves traces: signed up by API and page, bought, redeemed, wrote, came again."""
    api.post("/programs", {"type": "points", "name": "Brotpunkte", "earn": {"points": 100, "per_minor": 100}})
    program = api.get("/programs").json()["data"][0]["id"]
    reward = api.post("/rewards", {"name": "Ein Brot", "program": program, "cost": 100}).json()["id"]
    body = PERSON | {"consents": [{"purpose": "email_marketing", "given": True}]}
    made = api.post("/members", body, **{"Idempotency-Key": "join"}).json()
    sale = {"member": made["id"], "amount_minor": 5000, "external_id": "bon-1"}
    api.post("/purchases", sale, **{"Idempotency-Key": "buy"})
    api.post("/redemptions", {"member": made["id"], "reward": reward}, **{"Idempotency-Key": "take"})
    api.post("/members/batch", {"members": [PERSON, {"name": "Ben"}]}, **{"Idempotency-Key": "batch"})
    adjustment = {"program": program, "amount": 5, "reason": "Kulanz"}
    api.post(f"/members/{made['id']}/adjustments", adjustment, **{"Idempotency-Key": "adjust"})
    at_the_counter(shop.merchant, made)
    Client().post(reverse("find_card", args=[shop.merchant.slug]), {"address": PERSON["email"]})
    relaying.relay(shop.merchant)
    card = Client()
    card.get(made["card"]["url"].removeprefix(settings.PUBLIC_URL))
    return made


def at_the_counter(merchant, made):
    tablet = Client(headers={"Accept": "application/json"})
    with tenancy.scope(merchant):
        lena = staffing.add(name="Lena", role=Staff.Role.CASHIER, pin="4711", actor="Chef")
        _device, tablet.cookies[devices.COOKIE] = devices.let_in(merchant, Location.objects.get(), "Tablet")
    tablet.post("/counter/person/", {"person": lena.public_id, "pin": "4711"})
    fields = {"card": made["number"], "amount_minor": "1000", "amount": "", "key": "tap-00001"}
    assert tablet.post("/counter/bookings/", fields).json()["outcome"] == "done"


def test_after_an_erasure_no_table_knows_who_it_was(shop, api):
    made = lived_through(shop, api)
    with tenancy.scope(shop.merchant):
        before = everything_stored()
        assert PERSON["name"] in before["members_member"]
        assert PERSON["name"] in before["merchants_idempotencyrecord"]
        member = finding.find(id=made["id"])
        privacy.erase(member)
        after = everything_stored()
    traces = [*TRACES, made["card"]["token"]]
    left = {(table, trace) for table, text in after.items() for trace in traces if trace in text}
    # The code of a revoked card opens nothing. It stays, so that it is never given out again.
    assert left == {("members_cardtoken", made["card"]["token"])}


def test_a_request_that_is_sent_again_after_the_erasure_still_finds_that_it_was_done(shop, api):
    made = api.post("/members", PERSON, **{"Idempotency-Key": "join"}).json()
    api.post(f"/members/{made['id']}/erasure")
    again = api.post("/members", PERSON, **{"Idempotency-Key": "join"})
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    told = again.json()
    assert (told["id"], told["name"], told["email"], told["external_id"]) == (made["id"], "", "", "")
    with tenancy.scope(shop.merchant):
        assert Member.objects.count() == 1


def test_answers_about_others_stay_as_they_are(shop, api):
    made = api.post("/members", PERSON).json()
    other = api.post("/members", {"name": "Zacharias Quendel"}, **{"Idempotency-Key": "other"}).json()
    api.post(f"/members/{made['id']}/erasure")
    assert api.post("/members", {"name": "Zacharias Quendel"}, **{"Idempotency-Key": "other"}).json() == other


def test_the_secret_of_a_key_is_not_in_the_database_and_still_told_twice(shop, api):
    made = api.post("/api-keys", {"name": "Till"}, **{"Idempotency-Key": "key"}).json()
    with tenancy.scope(shop.merchant):
        assert made["key"] not in json.dumps([row.body for row in IdempotencyRecord.objects.all()])
    assert api.post("/api-keys", {"name": "Till"}, **{"Idempotency-Key": "key"}).json()["key"] == made["key"]


def test_who_erased_whom_is_written_down_without_a_name(shop, api):
    made = api.post("/members", PERSON).json()
    api.post(f"/members/{made['id']}/erasure")
    with tenancy.scope(shop.merchant):
        row = AuditEntry.objects.get(action="member.erased")
        assert (row.subject, row.details) == (made["id"], {})


@pytest.mark.parametrize("scope", ["read", "counter"])
def test_a_tills_key_neither_corrects_balances_nor_erases_members(shop, api, scope):
    made = api.post("/members", PERSON).json()
    till = Api(api.post("/api-keys", {"name": "Till", "scopes": [scope]}).json()["key"])
    assert till.post(f"/members/{made['id']}/erasure").status_code == 403
    assert till.post(f"/members/{made['id']}/adjustments", {}).status_code == 403
    assert api.get(f"/members/{made['id']}").json()["name"] == PERSON["name"]


def test_a_card_of_one_shop_tells_the_other_nothing(shop, api):
    made = api.post("/members", PERSON).json()
    other = Api(registered("Bäckerei Feldmann", email="hinnerk@feldmann.example").api_key)
    for query in (f"card={made['card']['token']}", f"card={made['number']}", f"email={PERSON['email']}"):
        assert other.get(f"/members/lookup?{query}").status_code == 404
