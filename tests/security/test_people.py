"""Who works in a shop, and who only would like to: accounts, roles, a shared tablet."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import NoReverseMatch, reverse

from loyalty import tenancy
from loyalty.dashboard import urls
from loyalty.errors import Invalid
from loyalty.merchants import devices, registering, staffing
from loyalty.merchants.models import AuditEntry, Location, Membership, Merchant, Staff
from tests import makers

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "correct-horse-battery"
HOME = "/dashboard/"


@pytest.fixture
def cafe():
    merchant = makers.merchant(owner_name="Aylin Demir")
    makers.punch_card(merchant)
    return merchant


def owner_of(merchant):
    client = Client()
    client.force_login(Membership.objects.get(merchant=merchant).user, BACKEND)
    return client


def signed_up(email):
    """A browser in which somebody has made an account with whatever address."""
    client = Client()
    client.post(reverse("account_signup"), {"email": email, "password1": PASSWORD})
    assert "_auth_user_id" in client.session
    return client


def hire(merchant, email):
    with tenancy.scope(merchant):
        return staffing.add(name="Mara", role=Staff.Role.MANAGER, email=email, actor="Aylin Demir")


# --- Accounts ---------------------------------------------------------------------------------------------------------


def test_an_account_in_somebodys_name_is_not_let_into_the_shop_that_hires_them(cafe):
    stranger = signed_up("mara@mailbox.example")
    hire(cafe, "mara@mailbox.example")
    membership = Membership.objects.get(merchant=cafe, user__email="mara@mailbox.example")
    assert not membership.user.has_usable_password()
    assert stranger.get(HOME)["Location"].startswith(reverse("account_login"))
    again = Client()
    again.post(reverse("account_login"), {"login": "mara@mailbox.example", "password": PASSWORD})
    assert "_auth_user_id" not in again.session


def test_nor_is_one_that_has_a_shop_of_its_own(cafe):
    signed_up("mara@mailbox.example")
    user = get_user_model().objects.get(email="mara@mailbox.example")
    makers.merchant("Falle", email="mara@mailbox.example", user=user)
    with pytest.raises(Invalid) as refused:
        hire(cafe, "mara@mailbox.example")
    assert list(refused.value.facts["field_errors"]) == ["email"]
    assert Membership.objects.filter(merchant=cafe).count() == 1
    with tenancy.scope(cafe):
        assert Staff.objects.count() == 1


def test_a_confirmed_account_is_let_in_with_all_it_has(cafe):
    signed_up("mara@mailbox.example")
    EmailAddress.objects.update(verified=True)
    user = get_user_model().objects.get(email="mara@mailbox.example")
    hire(cafe, "Mara@Mailbox.example")
    assert Membership.objects.get(merchant=cafe, user=user).user.has_usable_password()


def test_the_operator_gives_no_shop_to_an_account_in_the_owners_name():
    signed_up("aylin@mailbox.example")
    made = registering.register(
        name="Café", email="aylin@mailbox.example", currency="EUR", timezone="Europe/Berlin", country="DE"
    )
    assert not Membership.objects.get(merchant=made.merchant).user.has_usable_password()


# --- Roles ------------------------------------------------------------------------------------------------------------


def pages_of_the_dashboard():
    """Every page that needs a shop and no id of a thing."""
    open_to_all = {"language", "start", "start_shop", "tokens"}
    for pattern in urls.urlpatterns:
        try:
            yield reverse(f"dashboard:{pattern.name}"), pattern.name in open_to_all
        except NoReverseMatch:
            continue


def test_a_cashier_sees_no_page_of_the_dashboard(cafe):
    client = owner_of(cafe)
    with tenancy.scope(cafe):
        Staff.objects.update(role=Staff.Role.CASHIER)
    closed = [address for address, is_open in pages_of_the_dashboard() if not is_open]
    assert len(closed) >= 20
    for address in closed:
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (403, 405), address


def test_who_has_left_changes_nothing_any_more(cafe):
    client = owner_of(cafe)
    with tenancy.scope(cafe):
        Staff.objects.update(left_at=makers.NOON)
    fields = {"name": "Umbenannt", "owner_name": "Chef", "country": "DE", "tagline": ""}
    client.post(reverse("dashboard:start_shop"), fields)
    assert Merchant.objects.get(id=cafe.id).name == cafe.name
    with tenancy.scope(cafe):
        assert Staff.objects.get().name == "Aylin Demir"


def test_what_the_first_steps_change_is_written_down_under_the_right_name(cafe):
    fields = {"name": "Café Abendrot", "owner_name": "Chef", "country": "DE", "tagline": ""}
    owner_of(cafe).post(reverse("dashboard:start_shop"), fields)
    with tenancy.scope(cafe):
        assert {row.actor for row in AuditEntry.objects.filter(action="shop.changed")} == {"Aylin Demir"}


# --- The tablet -------------------------------------------------------------------------------------------------------


@pytest.fixture
def tablet(cafe):
    """The owner has opened the counter on it, and is still signed in to the dashboard."""
    client = owner_of(cafe)
    with tenancy.scope(cafe):
        _device, client.cookies[devices.COOKIE] = devices.let_in(cafe, Location.objects.get(), "Tablet")
        owner = Staff.objects.get()
        owner.set_pin("7395")
        owner.save()
        lena = staffing.add(name="Lena", role=Staff.Role.CASHIER, pin="4711", actor="Aylin Demir")
    client.people = {"owner": owner.public_id, "lena": lena.public_id}
    return client


def test_somebody_elses_pin_ends_the_owners_session_on_the_tablet(tablet):
    assert tablet.get(HOME).status_code == 200
    tablet.post(reverse("counter:person"), {"person": tablet.people["lena"], "pin": "4711"})
    assert tablet.get(HOME)["Location"].startswith(reverse("account_login"))
    assert "Lena" in tablet.get(reverse("counter:home")).content.decode()


def test_the_owners_own_pin_does_not(tablet):
    tablet.post(reverse("counter:person"), {"person": tablet.people["owner"], "pin": "7395"})
    assert tablet.get(HOME).status_code == 200


def test_a_wrong_pin_ends_nothing_and_lets_nobody_in(tablet):
    tablet.post(reverse("counter:person"), {"person": tablet.people["lena"], "pin": "0815"})
    assert tablet.get(HOME).status_code == 200
    assert "counter_person" not in tablet.session


def test_pins_cannot_be_tried_out(tablet):
    url = reverse("counter:person")
    for pin in ("0001", "0002", "0003", "0004", "0005", "4711"):
        tablet.post(url, {"person": tablet.people["lena"], "pin": pin})
    assert "counter_person" not in tablet.session


def test_nor_by_a_managers_exception_at_the_counter(tablet, cafe):
    tablet.post(reverse("counter:person"), {"person": tablet.people["lena"], "pin": "4711"})
    member = makers.member(cafe)
    for number, pin in enumerate(("0001", "0002", "0003", "0004", "0005", "7395")):
        fields = {
            "card": member.number,
            "leader": tablet.people["owner"],
            "pin": pin,
            "key": f"guess-{number}-0",
        }
        answer = tablet.post(reverse("counter:override"), fields, headers={"Accept": "application/json"})
        assert answer.json()["outcome"] == "refused"


def test_a_device_cookie_of_one_shop_opens_no_counter_of_another_with_its_person(tablet):
    other = makers.merchant("Bäckerei Feldmann", email="hinnerk@feldmann.example")
    tablet.post(reverse("counter:person"), {"person": tablet.people["lena"], "pin": "4711"})
    with tenancy.scope(other):
        _device, tablet.cookies[devices.COOKIE] = devices.let_in(other, Location.objects.get(), "Tablet")
    assert tablet.get(reverse("counter:state"), headers={"Accept": "application/json"}).status_code == 401
