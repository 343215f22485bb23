"""Who may see the dashboard, and how somebody gets in."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from loyalty.dashboard.views.landing import ENTER_SALT
from loyalty.merchants.models import Membership, Staff
from tests import makers
from tests.dashboard.conftest import signed_in

HOME = reverse("dashboard:home")


def link(shop_of, **changed):
    membership = Membership.objects.get(merchant=shop_of)
    named = {"user": membership.user_id, "merchant": str(shop_of.id)} | changed
    return reverse("dashboard:enter", args=[signing.dumps(named, salt=ENTER_SALT)])


def test_nobody_signed_in_is_led_to_the_sign_in_page(client, db):
    answer = client.get(HOME)
    assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={HOME}")


def test_somebody_without_a_shop_is_led_to_the_start(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("new", "new@example.org"))
    assert client.get(HOME).url == reverse("dashboard:start")
    assert client.get(reverse("dashboard:start")).url == reverse("dashboard:start_shop")


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("manager", 200), ("cashier", 403)])
def test_owners_and_managers_see_the_pages_and_cashiers_are_shown_the_counter(shop, role, status):
    answer = signed_in(shop.merchant, role).get(reverse("dashboard:guests"))
    assert answer.status_code == status
    assert ("To the counter" in answer.content.decode()) == (role == "cashier")


def test_who_has_left_sees_nothing(shop, owner):
    with shop.scope():
        Staff.objects.update(left_at=makers.NOON)
    answer = owner.get(HOME)
    assert answer.status_code == 403
    assert "does not work at Café Morgenrot any more" in answer.content.decode()


def test_a_link_lets_in_once(shop):
    address = link(shop.merchant)
    first, second = Client(), Client()
    assert first.get(address).url == HOME
    assert first.get(reverse("dashboard:guests")).status_code == 200
    assert second.get(address).status_code == 410
    assert second.get(reverse("dashboard:guests")).status_code == 302


def test_a_link_clicked_again_in_the_same_browser_leads_on(shop):
    address, browser = link(shop.merchant), Client()
    assert browser.get(address).url == HOME
    assert browser.get(address).url == HOME


def test_a_head_request_uses_no_link_up(shop):
    address = link(shop.merchant)
    assert Client().head(address).status_code == 405
    assert Client().get(address).url == HOME


@pytest.mark.parametrize("changed", [{"user": 0}, {"merchant": "not an id"}, {"merchant": None}])
def test_a_link_to_nobody_says_so(shop, changed):
    assert Client().get(link(shop.merchant, **changed)).status_code == 410


def test_a_link_of_another_purpose_is_none(shop):
    named = {"user": 1, "merchant": str(shop.merchant.id)}
    token = signing.dumps(named, salt="another purpose")
    assert Client().get(reverse("dashboard:enter", args=[token])).status_code == 410


def test_a_person_of_two_shops_sees_the_chosen_one(shop, owner):
    other = makers.merchant("Bäckerei Feldmann", user=Membership.objects.get(merchant=shop.merchant).user)
    assert b"Bring back" not in owner.get(reverse("dashboard:settings")).content
    assert owner.post(reverse("dashboard:switch"), {"shop": other.slug}).url == HOME
    assert 'value="Bäckerei Feldmann"' in owner.get(reverse("dashboard:settings")).content.decode()


def test_a_shop_of_somebody_else_cannot_be_chosen(shop, owner):
    other = makers.merchant("Bäckerei Feldmann", email="h@feldmann.example")
    assert owner.post(reverse("dashboard:switch"), {"shop": other.slug}).status_code == 404


def test_the_landing_page_speaks_the_visitors_language(client, db):
    german = client.get("/", headers={"Accept-Language": "de"}).content.decode()
    english = client.get("/", headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="de">' in german
    assert "A card for your regulars, ready today." in english


def test_the_chosen_language_is_remembered(client, db):
    client.post(reverse("dashboard:language"), {"language": "de", "next": "/"})
    assert '<html lang="de">' in client.get("/", headers={"Accept-Language": "en"}).content.decode()


def test_the_code_to_sign_in_comes_by_mail_and_lets_in(shop, client, mailoutbox):
    email = Membership.objects.get(merchant=shop.merchant).user.email
    client.post(reverse("account_request_login_code"), {"email": email}, headers={"Accept-Language": "en"})
    [mail] = mailoutbox
    code, _, rest = mail.subject.partition(" ")
    assert rest == "is your code for Stammgast"
    assert f"your code to sign in is {code}." in mail.body
    assert client.post(reverse("account_confirm_login_code"), {"code": code}).url == HOME


def test_a_new_password_is_set_by_a_link_in_a_mail(shop, client, mailoutbox):
    email = Membership.objects.get(merchant=shop.merchant).user.email
    client.post(reverse("account_reset_password"), {"email": email}, headers={"Accept-Language": "en"})
    [mail] = mailoutbox
    assert mail.subject == "A new password for Stammgast"
    assert "http://testserver/accounts/password/reset/key/" in mail.body
