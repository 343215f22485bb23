"""Every route there is, visited as a foreign merchant: nothing of another's is shown, found or changed.

A route that is missing from the tables below fails the test: to add a page is to say here how a stranger meets it.
"""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.core import signing
from django.test import Client
from django.urls import get_resolver, reverse

from loyalty import tenancy
from loyalty.counter import doors
from loyalty.events.models import Event
from loyalty.merchants import devices, keys
from loyalty.merchants.models import ApiKey, AuditEntry, Membership
from members import finding
from members.models import Member
from programs.models import Entry, Program, Purchase, Rule
from rewards.gift_cards.models import GiftCard
from rewards.models import Redemption, Reward, Voucher
from rewards.promotions.models import Promotion
from tests.rest.conftest import Api, registered

pytestmark = pytest.mark.django_db


# --- The API -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """A path without ids: it shows the asking merchant's own rows. posts: bodies that name foreign ids, each a 404."""

    posts: tuple = ()


@dataclass(frozen=True)
class Foreign:
    """A path with ids: with another merchant's each of its methods is a 404. bodies: by method, right in shape.

    named: parts of the path that stand for another of the café's things than the one of their name.
    """

    bodies: dict = field(default_factory=dict)
    named: dict = field(default_factory=dict)


OPEN = "tells nothing of any merchant"
GIFT_CARD = {"code": "gift_card"}
RULE = {"name": "x", "when": {"event": "purchase"}, "gives": {"amount": 1}}
BALANCE = {"all": [{"field": "balance", "is": "at_least", "value": 0, "program": "{program_id}"}]}
LOCATION = {"none": [{"field": "location", "is": "is", "value": "{location_id}"}]}

API = {
    "rest:openapi": OPEN,
    "rest:docs": OPEN,
    "rest:programs": Own(({"type": "punch_card", "name": "x", "reward": "{reward_id}"},)),
    "rest:program": Foreign({"patch": {"name": "x"}}),
    "rest:program-explanation": Foreign(),
    "rest:program-closure": Foreign({"post": {}}),
    "rest:program-preview": Foreign({"post": {}}),
    "rest:program-reopening": Foreign({"post": {}}),
    "rest:rules": Foreign({"post": RULE}),
    "rest:rule": Foreign({"patch": {"name": "x"}}),
    "rest:program-codes": Foreign({"post": {"count": 1, "gives": {"amount": 1}}}),
    "rest:code-batch": Foreign(),
    "rest:code-batch-codes": Foreign(),
    "rest:code-batch-csv": Foreign(),
    "rest:code-batch-sheet": Foreign(),
    "rest:jobs": Own(),
    "rest:job": Foreign(),
    "rest:member-codes": Foreign({"post": {"code": "{product_code}"}}),
    "rest:member-events": Foreign({"post": {"name": "review"}}),
    "rest:members": Own(),
    "rest:members-batch": Own(),
    "rest:members-lookup": OPEN,  # See test_a_foreign_member_is_not_looked_up.
    "rest:member": Foreign({"patch": {"name": "x"}}),
    "rest:contacts": Foreign({"post": {"name": "x"}}),
    "rest:contact": Foreign({"patch": {"name": "x"}}),
    "rest:contact-erasure": Foreign({"post": {}}),
    "rest:member-entries": Foreign(),
    "rest:member-vouchers": Foreign(),
    "rest:member-gift-cards": Foreign(),
    "rest:member-adjustments": Foreign({"post": {"program": "{program_id}", "amount": 1, "reason": "x"}}),
    "rest:member-transfers": Foreign({"post": {"program": "{program_id}", "to": "{member_id}", "amount": 1}}),
    "rest:member-merge": Foreign({"post": {"into": "{member_id}"}}),
    "rest:adjustments": Own(),
    "rest:adjustment": Foreign(),
    "rest:adjustment-approval": Foreign({"post": {}}),
    "rest:adjustment-refusal": Foreign({"post": {}}),
    "rest:member-export": Foreign(),
    "rest:member-erasure": Foreign({"post": {}}),
    "rest:purchases": Own(
        (
            {"member": "{member_id}", "amount_minor": 1},
            {"card": "{card}", "amount_minor": 1},
            {"location": "{location_id}", "amount_minor": 1},
            {"vouchers": ["{code}"], "amount_minor": 1},
            {"gift_cards": ["{gift_card}"], "amount_minor": 1},
        )
    ),
    "rest:purchases-preview": Own(
        ({"member": "{member_id}", "amount_minor": 1}, {"vouchers": ["{code}"], "amount_minor": 1})
    ),
    "rest:purchases-batch": OPEN,  # See test_foreign_ids_in_a_batch_are_not_found.
    "rest:purchase": Foreign(),
    "rest:refunds": Foreign({"post": {}}),
    "rest:refund": Foreign(),
    "rest:partners": Foreign({"post": {"merchant": "{merchant_id}"}}),
    "rest:partner": Foreign({"patch": {"redeems": False}}),
    "rest:partner-departure": Foreign({"post": {}}),
    "rest:partner-blocks": Foreign({"post": {"points": 1, "price_minor": 1}}),
    "rest:partner-directory": Foreign(),
    "rest:settlements": Foreign(),
    "rest:statement-csv": Foreign(),
    "rest:statement-pdf": Foreign(),
    "rest:invitations": Own(),
    "rest:invitation": Foreign(),
    "rest:invitation-acceptance": Foreign({"post": {}}),
    "rest:introductions": Own(({"card": "{card}", "name": "x"},)),
    "rest:rewards": Own(({"program": "{program_id}", "name": "x", "cost": 1},)),
    "rest:reward": Foreign({"patch": {"name": "x"}}),
    "rest:reward-awards": Foreign({"post": {"member": "{own_member_id}", "text": "x"}}),
    "rest:reward-proposals": Foreign(),
    "rest:redemptions": Own(
        (
            {"member": "{member_id}", "reward": "{reward_id}"},
            {"member": "{own_member_id}", "reward": "{reward_id}"},
        )
    ),
    "rest:redemption": Foreign(),
    "rest:redemption-cancellation": Foreign({"post": {}}),
    "rest:vouchers": Own(),
    "rest:voucher": Foreign(),
    "rest:voucher-redemption": Foreign({"post": {}}),
    "rest:voucher-void": Foreign({"post": {}}),
    "rest:voucher-hold": Foreign({"post": {}}),
    "rest:voucher-release": Foreign({"post": {}}),
    "rest:voucher-transfer": Foreign({"post": {"to_email": "x@friend.example"}}),
    "rest:voucher-transfer-withdrawal": Foreign({"post": {}}),
    "rest:voucher-qr": Foreign(),
    "rest:promotions": Own(({"code": "X12", "reward": "{reward_id}"},)),
    "rest:promotion": Foreign({"patch": {"name": "x"}}),
    "rest:promotion-codes": Foreign(),
    "rest:promotion-csv": Foreign(),
    "rest:promotion-sheet": Foreign(),
    "rest:promotion-uses": Foreign(),
    "rest:promotion-letters": Foreign({"post": {"members": ["{member_id}"], "text": {"en": "x"}}}),
    "rest:promotion-letter-run": Foreign(),
    "rest:promotion-letter-pages": Foreign(),
    "rest:gift-cards": Own(({"balance_minor": 1, "member": "{member_id}"},)),
    "rest:gift-card": Foreign({"patch": {"expires_at": None}}, GIFT_CARD),
    "rest:gift-card-charges": Foreign({"post": {"amount_minor": 1}}, GIFT_CARD),
    "rest:gift-card-top-ups": Foreign({"post": {"amount_minor": 1}}, GIFT_CARD),
    "rest:gift-card-refunds": Foreign({"post": {}}, GIFT_CARD),
    "rest:gift-card-entries": Foreign({}, GIFT_CARD),
    "rest:gift-card-void": Foreign({"post": {}}, GIFT_CARD),
    "rest:member-subscriptions": Foreign({"post": {"program": "{club_id}", "plan": "Club"}}),
    "rest:subscriptions": Own(),
    "rest:subscription": Foreign(),
    "rest:subscription-cancellation": Foreign({"post": {"at": "now"}}),
    "rest:subscription-pause": Foreign({"post": {}}),
    "rest:subscription-resume": Foreign({"post": {}}),
    "rest:subscription-payments": Foreign({"post": {}}),
    "rest:subscription-payment": Foreign(),
    "rest:subscription-seats": Foreign({"post": {"name": "x"}}),
    "rest:subscription-seat": Foreign(),
    "rest:subscription-portal": Foreign({"post": {}}),
    "rest:payment-settings": Own(),
    "rest:messages": Own(),
    "rest:message": Foreign(),
    "rest:segments": Own(({"name": "x", "rule": BALANCE}, {"name": "x", "rule": LOCATION})),
    "rest:segments-preview": Own(({"rule": BALANCE}, {"rule": LOCATION})),
    "rest:segment": Foreign({"patch": {"name": "x"}}),
    "rest:segment-members": Foreign(),
    "rest:test-clock": Own(),
    "rest:api-keys": Own(),
    "rest:api-key": Foreign(),
    "rest:api-key-revocation": Foreign({"post": {}}),
    "rest:locations": Own(),
    "rest:location": Foreign(),
    "rest:staff": Own(),
    "rest:staff-member": Foreign(),
    "rest:events": Own(),
    "rest:event": Foreign(),
}


# --- The pages ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """How a stranger meets a page, and the answers that are right.

    path: ids that stand in the address, by their names in the café's things. data: what is posted; None: GET.
    """

    path: dict = field(default_factory=dict)
    data: dict | None = None
    query: dict = field(default_factory=dict)
    right: tuple[int, ...] = (200,)


def hidden(*names):
    """A page of one row: with a foreign id it is not there, whichever way it is asked for."""
    return Page({name: name for name in names}, data={}, right=(404, 405)), Page(
        {name: name for name in names}, right=(404, 405)
    )


# The signed-in person's own account, their password, passkeys and codes: no merchant stands in their addresses.
OWN_ACCOUNT = """
account_login account_logout account_inactive account_signup account_reauthenticate account_email
account_email_verification_sent account_change_password account_set_password account_reset_password
account_confirm_login_code account_confirm_email account_reset_password_from_key_done account_reset_password_from_key
account_reset_password_done account_request_login_code mfa_index mfa_authenticate mfa_reauthenticate mfa_activate_totp
mfa_deactivate_totp mfa_view_recovery_codes mfa_generate_recovery_codes mfa_download_recovery_codes mfa_list_webauthn
mfa_add_webauthn mfa_reauthenticate_webauthn mfa_remove_webauthn mfa_edit_webauthn mfa_login_webauthn
""".split()
# What the installation shows of itself, and the demo's mails, which are there in the demo only.
INSTALLATION = "design design-preview inbox:list inbox:mail inbox:html prometheus-django-metrics".split()

SHOP = {"slug": "slug"}
KEY = "1f6f0a7e-7c1c-4d7e-9a51-2f0a3a8f5b11"
# The token in a card's address is its key. A stranger has none that fits, and their own opens only their own.
PAGES = {
    "landing": Page(),
    "dashboard:language": Page(data={"language": "de"}, right=(302,)),
    "dashboard:enter": Page({"token": "wrong_token"}, right=(410,)),
    "dashboard:home": Page(right=(200, 302)),
    "dashboard:computed": Page(),
    "dashboard:clear_flag": Page(data={"flag": "event_id"}, right=(302, 400, 404)),
    "dashboard:guests": Page(),
    "dashboard:new_guest": Page(),
    "dashboard:export_guests": Page({"kind": "csv"}),
    "dashboard:guest": hidden("guest_id"),
    "dashboard:edit_guest": hidden("guest_id"),
    "dashboard:correct": hidden("guest_id"),
    "dashboard:undo_correction": hidden("guest_id", "entry_id"),
    "dashboard:approve_correction": hidden("adjustment_id"),
    "dashboard:decline_correction": hidden("adjustment_id"),
    "dashboard:export_guest": hidden("guest_id"),
    "dashboard:erase_guest": hidden("guest_id"),
    "dashboard:programs": Page(),
    "dashboard:new_program": Page(),
    "dashboard:program": hidden("program_id"),
    "dashboard:program_preview": hidden("program_id"),
    "dashboard:versions": hidden("program_id"),
    "dashboard:program_status": hidden("program_id"),
    "dashboard:rewards": Page(),
    "dashboard:new_reward": Page(),
    "dashboard:reward": hidden("reward_id"),
    "dashboard:archive_reward": hidden("reward_id"),
    "dashboard:restore_reward": hidden("reward_id"),
    "dashboard:launch_kit": Page(),
    "dashboard:poster": Page({"size": "a4", "kind": "pdf"}, right=(200, 404)),
    "dashboard:team": Page(),
    "dashboard:new_person": Page(),
    "dashboard:person": hidden("staff_id"),
    "dashboard:person_leaves": hidden("staff_id"),
    "dashboard:person_returns": hidden("staff_id"),
    "dashboard:new_location": Page(),
    "dashboard:location": hidden("location_id"),
    "dashboard:open_counter": Page(data={"location": "location_id", "name": "x"}, right=(200, 302, 400, 404)),
    "dashboard:revoke_device": hidden("device_id"),
    "dashboard:settings": Page(),
    "dashboard:look": Page(),
    "dashboard:logo_upload": Page(data={}, right=(200, 302, 400, 422)),
    "dashboard:legal": Page(),
    "dashboard:keys": Page(),
    "dashboard:revoke_key": hidden("key_id"),
    "dashboard:audit": Page(),
    "dashboard:account": Page(),
    "dashboard:switch": Page(data={"merchant": "merchant_id"}, right=(302, 400, 403, 404)),
    "dashboard:logo": Page(SHOP, right=(200, 404)),
    "dashboard:start": Page(right=(302,)),
    "dashboard:start_shop": Page(),
    "dashboard:start_look": Page(),
    "dashboard:tokens": Page(query={"colour": "#C5381F"}, right=(200, 302, 400)),
    "dashboard:start_program": Page(),
    "dashboard:draft_preview": Page(data={}, right=(200, 302, 400, 422)),
    "dashboard:start_done": Page(),
    "counter:home": Page(),
    "counter:find": Page(data={"q": "card"}),
    "counter:guest": Page({"member_id": "member_id"}, right=(200, 404, 422)),
    "counter:preview": Page({"member_id": "member_id"}, query={"amount": "3,50"}, right=(200, 404, 422)),
    "counter:new": Page(),
    "counter:bookings": Page(
        data={"card": "card", "guest": "member_id", "key": KEY, "stamps": "1"}, right=(200, 404, 422)
    ),
    "counter:redemptions": Page(
        data={"guest": "member_id", "reward": "reward_id", "key": KEY}, right=(200, 404, 422)
    ),
    "counter:gift_card": Page({"gift_card_id": "gift_card_id"}, right=(200, 404, 422)),
    "counter:charge": Page(
        data={"gift_card": "gift_card_id", "amount_minor": "1", "key": KEY}, right=(200, 404, 422)
    ),
    "counter:override": Page(
        data={"card": "card", "leader": "staff_id", "pin": "7395", "key": KEY}, right=(200, 404, 422)
    ),
    "counter:undo": Page(data={"of": "purchase_id", "key": KEY}, right=(200, 404, 422)),
    "counter:state": Page(),
    "counter:worker": Page(),
    "counter:manifest": Page(),
    "join": Page(SHOP),
    "enter_code": Page(SHOP, right=(200, 302, 405)),
    "find_card": Page(SHOP),
    "privacy": Page(SHOP),
    "imprint": Page(SHOP),
    "card_icon": Page(SHOP),
    "card": Page({"token": "wrong_token"}, right=(404,)),
    "card_history": Page({"token": "wrong_token"}, right=(404,)),
    "card_install": Page({"token": "wrong_token"}, right=(404,)),
    "card_manifest": Page({"token": "wrong_token"}, right=(404,)),
    "card_redeem": Page({"token": "own_token", "reward_id": "reward_id"}, right=(404,)),
    "card_code": Page({"token": "wrong_token"}, data={"code": "product_code"}, right=(404,)),
    "card_settings": Page({"token": "wrong_token"}, right=(404,)),
    "card_export": Page({"token": "wrong_token"}, data={}, right=(404,)),
    "card_delete": Page({"token": "wrong_token"}, data={}, right=(404,)),
    "unsubscribe": Page({"token": "wrong_token"}, right=(200, 404, 410)),
    "gift": Page({"token": "wrong_token"}, right=(404,)),
    "confirm": Page({"token": "wrong_token"}, right=(200, 404, 410)),
    # Not signed by Stripe.
    "webhooks:stripe": Page({"merchant_id": "merchant_id"}, data={}, right=(400,)),
    # After these nobody stands at the counter any more.
    "counter:person": Page(data={"person": "staff_id", "pin": "7395"}, right=(302,)),
    "counter:leave": Page(data={}, right=(302,)),
}


# --- What there is, and who comes --------------------------------------------------------------------------------


LISTED = (("message", "/messages"), ("event", "/events"), ("key", "/api-keys"))


@pytest.fixture
def cafe(db):
    """A merchant with one of everything; its ids and secrets by the names that addresses and bodies use."""
    shop = registered("Café Morgenrot")
    api = Api(shop.api_key)
    points = {"type": "points", "name": "Brotpunkte", "earn": {"points": 100}, "adjustment_limit": 10}
    program = api.post("/programs", points).json()["id"]
    api.post("/programs", {"type": "punch_card", "name": "Kaffeekarte", "reward": {"name": "Ein Kaffee"}})
    consents = [{"purpose": "email_marketing", "given": True, "confirmed": True}]
    member = api.post(
        "/members",
        {
            "name": "Zacharias Quendel",
            "email": "zq@quendel.example",
            "external_id": "k-1",
            "consents": consents,
        },
    ).json()
    reward = api.post("/rewards", {"name": "Ein Brot", "program": program, "cost": 1}).json()["id"]
    purchase = api.post("/purchases", {"member": member["id"], "amount_minor": 1000}).json()["id"]
    redemption = api.post("/redemptions", {"member": member["id"], "reward": reward, "use": "later"}).json()
    refund = api.post(f"/purchases/{purchase}/refunds", {"amount_minor": 1}).json()["id"]
    correction = {"program": program, "amount": 11, "reason": "Kulanz"}
    adjustment = api.post(f"/members/{member['id']}/adjustments", correction).json()["id"]
    rule = api.post(f"/programs/{program}/rules", RULE).json()["id"]
    api.patch(f"/members/{member['id']}", {"kind": "company"})
    contact = api.post(f"/members/{member['id']}/contacts", {"name": "Zacharias"}).json()["id"]
    everybody = {"all": [{"field": "visits", "is": "at_least", "value": 0}]}
    segment = api.post("/segments", {"name": "Alle", "rule": everybody}).json()["id"]
    gift_card = api.post("/gift-cards", {"balance_minor": 2000, "member": member["id"]}).json()
    promotion = api.post("/promotions", {"count": 1, "reward": reward}).json()["id"]
    thanks = {"members": [member["id"]], "text": {"de": "Danke, {name}"}}
    letters = api.post(f"/promotions/{promotion}/letters", thanks).json()["id"]
    coalition = api.post("/programs", {"type": "coalition", "name": "Straßenkarte"}).json()["id"]
    neighbour, high_street = registered("Nachbar"), registered("Werbering")
    invited = {"merchant": neighbour.merchant.public_id}
    partner = api.post(f"/programs/{coalition}/partners", invited).json()["id"]
    ring = Api(high_street.api_key)
    theirs = ring.post("/programs", {"type": "coalition", "name": "Ringkarte"}).json()["id"]
    invited = {"merchant": shop.merchant.public_id}
    invitation = ring.post(f"/programs/{theirs}/partners", invited).json()["id"]
    codes = api.post(f"/programs/{program}/codes", {"count": 1, "gives": {"amount": 5}}).json()
    job = api.post(f"/programs/{program}/codes", {"count": 1001, "gives": {"amount": 5}}).json()["id"]
    subscribed = _subscribed(api, member["id"])
    api.post("/test-clock", {"now": "2026-04-02T12:00:00+02:00"})
    things = {
        "segment_id": segment, "contact_id": contact,
        "coalition_id": coalition, "partner_id": partner, "invitation_id": invitation,
        "program_id": program, "rule_id": rule, "member_id": member["id"], "purchase_id": purchase, "refund_id": refund,
        "batch_id": codes["batch"], "product_code": codes["codes"][0], "job_id": job,
        "adjustment_id": adjustment, "promotion_id": promotion, "run_id": letters,
        "reward_id": reward, "redemption_id": redemption["id"], "code": redemption["voucher"],
        "gift_card": gift_card["code"],
        "gift_card_id": gift_card["id"],
        **{f"{noun}_id": api.get(path).json()["data"][0]["id"] for noun, path in LISTED},
        "location_id": shop.location.public_id,
        "staff_id": shop.owner.public_id, "card": member["card"]["token"], "token": member["card"]["token"],
        "number": member["number"], "slug": shop.merchant.slug, "guest_id": member["id"],
        "entry_id": api.get(f"/members/{member['id']}/entries").json()["data"][0]["id"],
        "device_id": str(devices.let_in(shop.merchant, shop.location, "Tablet")[0].id),
        "merchant_id": shop.merchant.public_id, **subscribed,
    }  # fmt: skip
    # A token of the right look that nobody was given.
    things["wrong_token"] = signing.dumps(
        {"user": 1, "merchant": str(shop.merchant.id)}, key="a stranger's key"
    )
    things["wrong_token"] = things["wrong_token"].replace(":", "-")[:32]
    return SimpleNamespace(shop=shop, api=api, member=member, things=things)


def _subscribed(api, member_id):
    """A club that the member pays for, and somebody who sits along."""
    plan = {"name": "Club", "price_minor": 990}
    club = api.post("/programs", {"type": "paid_vip", "name": "Club", "plans": [plan], "seats": 2}).json()[
        "id"
    ]
    body = {"program": club, "plan": "Club"}
    mine = api.post(f"/members/{member_id}/subscriptions", body).json()["id"]
    seat = api.post(f"/subscriptions/{mine}/seats", {"name": "Quendels Dackel", "kind": "pet"}).json()["id"]
    fee = api.get(f"/subscriptions/{mine}/payments").json()["data"][0]["id"]
    return {"club_id": club, "subscription_id": mine, "seat_id": seat, "payment_id": fee}


@pytest.fixture
def stranger(cafe):
    """The bakery across the street: its key, its owner signed in, its tablet at the counter, a card of its own."""
    shop = registered("Bäckerei Feldmann", email="h@feldmann.example")
    api = Api(shop.api_key)
    member = api.post("/members", {"name": "Helga"}).json()
    things = cafe.things | {"own_member_id": member["id"], "own_token": member["card"]["token"]}
    return SimpleNamespace(shop=shop, api=api, things=things, browser=_browser(shop))


def _browser(shop):
    browser = Client()
    owner = Membership.objects.get(merchant=shop.merchant).user
    browser.force_login(owner, "allauth.account.auth_backends.AuthenticationBackend")
    _device, token = devices.let_in(shop.merchant, shop.location, "Tablet")
    browser.cookies[devices.COOKIE] = token
    with tenancy.scope(shop.merchant):
        shop.owner.set_pin("7395")
        shop.owner.save()
    browser.post(reverse("counter:person"), {"person": shop.owner.public_id, "pin": "7395"})
    assert doors.SESSION in browser.session
    return browser


def _filled(value, things):
    """A body with the ids that its `{names}` stand for."""
    if isinstance(value, dict):
        return {name: _filled(inner, things) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, things) for inner in value]
    return value.format_map(things) if isinstance(value, str) and value.startswith("{") else value


def _shows(response, cafe):
    """What of the café's guest and books stands in an answer."""
    text = b"".join(response).decode(errors="replace")
    things = cafe.things
    secrets = ["Zacharias", "Quendel", things["code"], things["gift_card"], things["token"], things["number"]]
    secrets += [value for name, value in things.items() if name.endswith("_id") and name != "merchant_id"]
    return [secret for secret in secrets if secret in text]


def _state(cafe):
    """Everything that a stranger could have changed: how much there is, and what the rows say."""
    with tenancy.scope(cafe.shop.merchant):
        rows = [
            Member,
            Program,
            Rule,
            Purchase,
            Entry,
            Reward,
            Redemption,
            Voucher,
            GiftCard,
            Promotion,
            Event,
            AuditEntry,
        ]
        counted = [sorted(map(str, model.objects.values_list())) for model in rows]
    return counted, list(ApiKey.objects.filter(merchant=cafe.shop.merchant).values_list("id", "revoked_at"))


# --- The tests ---------------------------------------------------------------------------------------------------


def routes(resolver=None, namespaces=(), prefix=""):
    """Every route of the project: {name: pattern}."""
    found = {}
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            inner = (*namespaces, *([pattern.namespace] if pattern.namespace else []))
            found |= routes(pattern, inner, prefix + str(pattern.pattern))
        else:
            found[":".join([*namespaces, pattern.name or str(pattern.pattern)])] = pattern
    return found


def test_it_is_known_of_every_route_how_a_stranger_meets_it():
    known = {*API, *PAGES, *OWN_ACCOUNT, *INSTALLATION}
    assert set(routes()) - known == set(), "Say in the tables above how a stranger meets these."
    assert known - set(routes()) == set(), "There are no such routes any more."


METHODS = {"get", "post", "patch", "delete"}


def _of_kind(kind):
    return [name for name, how in API.items() if isinstance(how, kind)]


def _path(name, things):
    view, pattern = routes()[name].callback.cls, routes()[name].pattern.regex
    named = getattr(API[name], "named", {})
    parts = {part: things[named.get(part, part)] for part in pattern.groupindex}
    return view, reverse(name, kwargs=parts).removeprefix("/api/v1")


def test_a_foreign_id_in_a_path_is_not_found_and_an_own_one_is(cafe, stranger):
    before, wrong = _state(cafe), []
    for name in _of_kind(Foreign):
        view, path = _path(name, stranger.things)
        for method in METHODS & set(dir(view)):
            body = _filled(API[name].bodies.get(method), stranger.things)
            if (status := stranger.api.send(method.upper(), path, body).status_code) != 404:
                wrong.append((method, path, status))
        if hasattr(view, "get") and (status := cafe.api.get(path).status_code) != 200:
            wrong.append(("its owner", path, status))
    assert wrong == [], "\n".join(map(str, wrong))
    assert _state(cafe) == before


def test_a_list_holds_the_own_rows_only(cafe, stranger):
    shown = {}
    for name in _of_kind(Own):
        view, path = _path(name, {})
        if hasattr(view, "get"):
            response = stranger.api.get(path)
            assert response.status_code == 200
            shown[path] = _shows(response, cafe)
    assert {path: secrets for path, secrets in shown.items() if secrets} == {}
    assert len(shown) > 10


def test_a_foreign_id_in_a_body_is_not_found(cafe, stranger):
    before, wrong = _state(cafe), []
    for name in _of_kind(Own):
        _view, path = _path(name, {})
        for body in API[name].posts:
            response = stranger.api.post(path, _filled(body, stranger.things))
            if (response.status_code, response.json()["code"]) != (404, "not_found"):
                wrong.append((path, body, response.json()))
    assert wrong == [], "\n".join(map(str, wrong))
    assert _state(cafe) == before


FILTERS = [
    "members?program={program_id}", "purchases?member={member_id}", "redemptions?member={member_id}",
    "vouchers?member={member_id}", "gift-cards?member={member_id}",
    "messages?member={member_id}", "rewards?program={program_id}",
    "subscriptions?member={member_id}", "subscriptions?program={club_id}",
]  # fmt: skip


def test_a_foreign_id_in_a_filter_is_not_found(cafe, stranger):
    for filtered in FILTERS:
        assert stranger.api.get(f"/{filtered.format_map(stranger.things)}").status_code == 404
    assert stranger.api.get(f"/events?member={cafe.things['member_id']}").json()["data"] == []


def test_a_foreign_member_is_not_looked_up(cafe, stranger):
    for query in ("card={card}", "card={number}", "email=zq@quendel.example", "external_id=k-1"):
        path = f"/members/lookup?{query.format_map(stranger.things)}"
        assert stranger.api.get(path).status_code == 404
        assert cafe.api.get(path).json()["id"] == cafe.things["member_id"]


def test_foreign_ids_in_a_batch_are_not_found(cafe, stranger):
    before = _state(cafe)
    bodies = [
        {"member": "{member_id}"},
        {"card": "{card}"},
        {"location": "{location_id}"},
        {"vouchers": ["{code}"]},
        {"gift_cards": ["{gift_card}"]},
    ]
    rows = [_filled(body, stranger.things) | {"amount_minor": 1} for body in bodies]
    results = stranger.api.post("/purchases/batch", {"purchases": rows}).json()["results"]
    assert [one["status"] for one in results] == [404, 404, 404, 404, 404]
    assert _state(cafe) == before


def test_a_foreign_idempotency_key_replays_nothing(cafe, stranger):
    key = {"Idempotency-Key": "k"}
    mine = cafe.api.post("/members", {"name": "Anna"}, **key).json()
    theirs = stranger.api.post("/members", {"name": "Anna"}, **key)
    assert "Idempotent-Replayed" not in theirs.headers
    assert theirs.json()["id"] != mine["id"]


def test_a_page_shows_a_stranger_nothing(cafe, stranger):
    before, wrong = _state(cafe), []
    for name, page in PAGES.items():
        for visit in page if isinstance(page, tuple) else [page]:
            response, given = _visited(stranger, name, visit)
            # What stands in the address comes back in links to it; it is no secret to who has typed it.
            shown = set(_shows(response, cafe)) - given
            if response.status_code not in visit.right or shown:
                wrong.append((name, visit.data, response.status_code, shown))
    assert wrong == [], "\n".join(map(str, wrong))
    assert _state(cafe) == before


def _visited(stranger, name, page):
    """The answer to a stranger's visit, and the ids that they brought along."""
    things = stranger.things
    path = reverse(name, kwargs={part: things.get(named, named) for part, named in page.path.items()})
    data = {part: things.get(value, value) for part, value in (page.data or {}).items()}
    response = (
        stranger.browser.get(path, page.query) if page.data is None else stranger.browser.post(path, data)
    )
    return response, {*data.values(), *(things.get(named) for named in page.path.values())}


def test_nobody_is_signed_in_by_a_foreign_card(cafe, stranger):
    """A card opens to whoever holds it, and to nobody else's shop: its token names its merchant."""
    with tenancy.scope(stranger.shop.merchant), pytest.raises(finding.CardUnknown):
        finding.by_card(cafe.things["card"])


def test_a_person_of_another_shop_is_nobody_here(cafe, stranger):
    user = get_user_model().objects.get(email="h@feldmann.example")
    assert [row.merchant_id for row in Membership.objects.filter(user=user)] == [stranger.shop.merchant.id]


def test_a_key_opens_its_own_merchant_only(cafe, stranger):
    assert keys.find(stranger.shop.api_key).merchant_id == stranger.shop.merchant.id
