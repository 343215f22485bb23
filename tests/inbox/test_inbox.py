"""The demo's inbox: shows what was kept instead of sent, and does not exist anywhere else."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.mail import get_connection

from campaigns.mime import Mail
from loyalty.inbox import folder

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)


@pytest.fixture
def kept(settings, tmp_path):
    """A folder with three mails, two of them over one connection. Returns the folder."""
    settings.DEMO = True
    settings.MAIL_DIR = settings.EMAIL_FILE_PATH = tmp_path
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    with get_connection() as connection:
        connection.send_messages([mail(0).as_django(), mail(2).as_django()])
    with get_connection() as connection:
        connection.send_messages([mail(1).as_django()])
    return tmp_path


def mail(number):
    return Mail(
        id=f"msg_{number}",
        domain="karten.example",
        sender_name="Bäckerei Feldmann",
        sender="karten@karten.example",
        to=f"guest{number}@example.org",
        reply_to="",
        subject=f"Ihr März {number}",
        html="<html><head></head><body><p>Grüße<script>alert(1)</script></p></body></html>",
        text="Grüße",
        at=NOON + timedelta(hours=number),
    )


def test_the_newest_comes_first_whichever_file_it_lies_in(kept):
    assert [one.subject for one in folder.newest(kept)] == ["Ihr März 2", "Ihr März 1", "Ihr März 0"]


def test_a_mail_is_read_as_it_was_written(kept):
    found = folder.find(kept, folder.newest(kept)[0].id)
    assert (found.to, found.sender) == ("guest2@example.org", "Bäckerei Feldmann <karten@karten.example>")
    assert (found.at, found.text.strip()) == (NOON + timedelta(hours=2), "Grüße")


@pytest.mark.parametrize("id", ["", "~", "~0", "nothing~0", "../secret~0", "..~0", "%2e%2e~0"])
def test_an_id_never_leads_out_of_the_folder(kept, id):
    (kept.parent / "secret.log").write_text("Subject: secret\n\nsecret")
    assert folder.find(kept, id) is None


@pytest.mark.django_db
def test_the_page_lists_the_mails_and_shows_the_newest(client, kept):
    page = client.get("/inbox/", headers={"accept-language": "en"}).content.decode()
    assert page.index("Ihr März 2") < page.index("Ihr März 1") < page.index("Ihr März 0")
    assert f'src="/inbox/{folder.newest(kept)[0].id}/html/"' in page


@pytest.mark.django_db
def test_a_mails_html_may_run_nothing_and_load_nothing(client, kept):
    answer = client.get(f"/inbox/{folder.newest(kept)[0].id}/html/")
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "sandbox allow-popups" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
def test_an_empty_inbox_says_how_it_is_filled(client, settings, tmp_path):
    settings.DEMO, settings.MAIL_DIR = True, tmp_path
    assert "No mail yet" in client.get("/inbox/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/inbox/", "/inbox/x~0/", "/inbox/x~0/html/"])
def test_outside_of_the_demo_there_is_no_inbox(client, kept, settings, path):
    settings.DEMO = False
    assert client.get(path).status_code == 404
