"""What pages tell browsers, proxies and search engines, what logs leave out, and what is not for visitors."""

import json
import logging
import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from loyalty import tenancy
from loyalty.discretion import without_secrets
from loyalty.merchants import devices
from loyalty.merchants.models import Location, Membership
from members import finding
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def cafe():
    merchant = makers.merchant()
    makers.punch_card(merchant)
    return merchant


@pytest.fixture
def pages(client, cafe):
    """Addresses of each screen's pages, for a client that may see them all."""
    member = makers.member(cafe, email="ben@example.org")
    with tenancy.scope(cafe):
        card = reverse("card", args=[finding.card_of(member).token])
        _device, token = devices.let_in(cafe, Location.objects.get(), "Tablet")
    client.force_login(
        get_user_model().objects.get(),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    client.cookies[devices.COOKIE] = token
    guest = reverse("dashboard:guest", args=[member.public_id])
    export = reverse("dashboard:export_guests", args=["csv"])
    return [
        card, f"{card}history/", f"{card}settings/", f"{card}manifest.webmanifest", guest, f"{guest}data.json", export,
        reverse("dashboard:home"), reverse("counter:home"), reverse("account_email"),
        reverse("find_card", args=[cafe.slug]), "/card/unknown/",
    ]  # fmt: skip


def test_no_page_about_people_is_kept_by_a_cache_or_a_search_engine(client, pages):
    for address in pages:
        answer = client.get(address)
        assert answer.status_code in (200, 404), address
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), address
        assert answer["X-Robots-Tag"] == "noindex, nofollow", address
        assert answer["Referrer-Policy"] == "same-origin", address
        assert answer["X-Content-Type-Options"] == "nosniff", address
        assert answer["X-Frame-Options"] == "DENY", address


def test_no_page_runs_a_script_from_elsewhere_or_one_that_was_slipped_in(client, pages):
    for address in pages:
        policy = _policy(client.get(address))
        assert policy["default-src"] == "'none'", address
        assert "unsafe" not in policy["script-src"] + policy["style-src"], address
        assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", address


def _policy(answer):
    rules = answer.headers["Content-Security-Policy"].split(";")
    return dict(rule.strip().split(" ", 1) for rule in rules)


def test_the_page_of_the_api_obeys_the_same_policy(client):
    policy = client.get("/api/docs/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_what_is_meant_to_be_found_is_found(client, cafe):
    for address in ("/", reverse("join", args=[cafe.slug])):
        assert "X-Robots-Tag" not in client.get(address)


def test_cookies_are_not_for_scripts_or_other_sites(client, cafe):
    makers.member(cafe, email="ben@example.org")
    client.post(reverse("find_card", args=[cafe.slug]), {"address": "ben@example.org"})
    asked = client.cookies["asked"]
    assert (asked["httponly"], asked["samesite"]) == (True, "Lax")
    assert (settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE) == (True, "Lax")


def test_figures_are_for_who_holds_the_token(client, settings):
    with_token = {"Authorization": "Bearer a-long-random-text"}
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = "a-long-random-text"
    assert client.get("/metrics").status_code == 404
    shown = client.get("/metrics", headers=with_token)
    assert shown.status_code == 200


def test_figures_name_no_card(client, cafe, settings):
    settings.METRICS_TOKEN = "a-long-random-text"
    member = makers.member(cafe)
    with tenancy.scope(cafe):
        token = finding.card_of(member).token
    client.get(f"/card/{token}/")
    shown = client.get("/metrics", headers={"Authorization": "Bearer a-long-random-text"}).content.decode()
    assert 'view="card"' in shown
    assert token not in shown


@pytest.mark.parametrize(
    ("said", "logged"),
    [
        ("Forbidden: /card/Xq8v3bH1kLmN0pQrStUvWx/settings/", "Forbidden: /card/…/settings/"),
        ("GET /u/AbCdEfGhIjKlMnOpQrStUvWxYz.q1w2e3-r4_t5/", "GET /u/…/"),
        ("GET /dashboard/enter/eyJ1c2VyIjoxfQ:1tQxYz:abcdefghijkl/", "GET /dashboard/enter/…/"),
        ("POST /api/v1/vouchers/K7QM4WRTX/redemption", "POST /api/v1/vouchers/…/redemption"),
        ("POST /api/v1/gift-cards/K7QM-4WRT-X/charges", "POST /api/v1/gift-cards/…/charges"),
        ("Key (merchant_id, email_key)=(1, ben@example.org) exists", "Key (merchant_id, email_key)=(1, …@…) exists"),
        ("bad key sk_live_abc-DEF_123", "bad key sk_live_…"),
        ('File "/app/loyalty/card/views.py", line 30', 'File "/app/loyalty/card/views.py", line 30'),
    ],
)  # fmt: skip
def test_logs_leave_secrets_and_mailboxes_out(said, logged):
    assert without_secrets(None, "info", {"event": said, "count": 3}) == {"event": logged, "count": 3}


def test_the_log_of_a_mistake_leaves_them_out_of_its_traceback_too():
    handler = logging.getLogger().handlers
    line = next(
        one for one in handler if one.formatter is not None and "Processor" in type(one.formatter).__name__
    )
    try:
        raise ValueError("no mailbox ben@example.org behind /card/Xq8v3bH1kLmN0pQrStUvWx/")
    except ValueError:
        record = logging.getLogger("django.request").makeRecord(
            "django.request", logging.ERROR, __file__, 1, "Internal Server Error: %s",
            ("/card/Xq8v3bH1kLmN0pQrStUvWx/",), sys.exc_info(),
        )  # fmt: skip
    written = json.loads(line.format(record))
    assert written["event"] == "Internal Server Error: /card/…/"
    assert "no mailbox …@… behind /card/…/" in written["exception"]
    assert "Xq8v3bH1kLmN0pQrStUvWx" not in written["exception"]
    assert "ben@example.org" not in written["exception"]


def test_a_large_upload_fills_no_disk(client, cafe):
    large = SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"0" * 3_000_000)
    url = reverse("join", args=[cafe.slug])
    request = client.post(url, {"name": "Ben", "address": "", "file": large}).wsgi_request
    assert not request.FILES


def test_nobody_enters_a_shop_that_is_not_theirs_by_choosing_it(client, cafe):
    other = makers.merchant("Bäckerei Feldmann", email="hinnerk@feldmann.example")
    client.force_login(Membership.objects.get(merchant=cafe).user)
    assert client.post(reverse("dashboard:switch"), {"shop": other.slug}).status_code == 404
    session = client.session
    session["merchant"] = str(other.id)
    session.save()
    assert other.name not in client.get(reverse("dashboard:home"), follow=True).content.decode()


def _setting(name, **environment):
    code = f"from django.conf import settings; print(repr(settings.{name}))"
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME")}
    argv = [sys.executable, "-c", code]
    environment = kept | {"DJANGO_SETTINGS_MODULE": "loyalty.settings"} | environment
    return subprocess.run(argv, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True)


LIVE = {
    "DATABASE_URL": "postgresql://app@database/stammgast",
    "PUBLIC_URL": "https://karte.example",
    "SECRET_KEY": "x" * 48,
}


def test_a_live_installation_is_strict_by_itself(tmp_path):
    live = LIVE | {"DATA_DIR": str(tmp_path)}
    assert _setting("ALLOWED_HOSTS", **live).stdout == "['karte.example']\n"
    assert _setting("SESSION_COOKIE_SECURE", **live).stdout == "True\n"
    assert _setting("CSRF_COOKIE_SECURE", **live).stdout == "True\n"
    assert _setting("SECURE_HSTS_SECONDS", **live).stdout == "31536000\n"
    assert _setting("DEBUG", **live).stdout == "False\n"
    assert _setting("ALLAUTH_TRUSTED_PROXY_COUNT", **live).stdout == "1\n"


def test_no_installation_starts_with_a_key_that_others_know(tmp_path):
    live = {name: value for name, value in LIVE.items() if name != "SECRET_KEY"} | {"DATA_DIR": str(tmp_path)}
    assert "Set SECRET_KEY" in _setting("SECRET_KEY", **live).stderr
    embedded = {"DATA_DIR": str(tmp_path)}
    assert _setting("SECRET_KEY", **embedded).stdout != _setting("SECRET_KEY", **embedded).stdout
