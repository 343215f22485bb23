"""A mail as bytes: read back by the standard library it says exactly what was meant, whatever the names contain."""

import email
import email.policy
from datetime import UTC, datetime
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from campaigns.mime import Mail

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
# All that people type; line ends are normalised by mail.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"))


def mail(**parts):
    parts = {
        "id": "msg_1",
        "domain": "karten.example",
        "sender_name": "Bäckerei Feldmann",
        "sender": "karten@karten.example",
        "to": "jonas@example.org",
        "reply_to": "h@feldmann.example",
        "subject": "Ihr März",
        "html": "<p>Grüße</p>",
        "text": "Grüße",
        "at": NOON,
    } | parts
    return Mail(**parts)


def read(mail):
    return email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)


def test_headers_and_both_parts_are_read_back():
    message = read(mail(headers={"Auto-Submitted": "auto-generated"}))
    assert message["From"] == "Bäckerei Feldmann <karten@karten.example>"
    assert message["Subject"] == "Ihr März"
    assert message["Date"].datetime == NOON
    assert message["Message-ID"] == "<msg_1@karten.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content() for part in message.iter_parts()] == ["Grüße", "<p>Gr&#252;&#223;e</p>"]


def test_the_same_mail_is_the_same_bytes():
    assert mail().as_bytes() == mail().as_bytes()


def test_a_name_with_line_breaks_writes_no_header():
    message = read(mail(sender_name="Feldmann\r\nBcc: everybody@example.org", subject="Hallo\nX-Evil: 1"))
    assert message["Bcc"] is None
    assert message["X-Evil"] is None
    assert message["Subject"] == "Hallo X-Evil: 1"


def test_an_address_with_an_umlaut_domain_is_written_in_ascii():
    assert read(mail(to="jonas@bäckerei.example"))["To"] == "jonas@xn--bckerei-5wa.example"


def test_no_line_is_longer_than_mail_allows():
    longest = max(
        len(line) for line in mail(subject="Ü" * 300, html="<p>" + "ä" * 5000).as_bytes().split(b"\r\n")
    )
    assert longest <= 78


def test_html_with_short_lines_goes_as_it_is_and_with_long_ones_encoded():
    for html, coding in (("<p>" + "ä" * 100, "7bit"), ("<p>" + "ä" * 1000, "quoted-printable")):
        part = read(mail(html=html)).get_body(("html",))
        assert part["Content-Transfer-Encoding"] == coding
        assert unescape(part.get_content()).strip() == html


def test_djangos_other_backends_get_the_same_mail():
    assert mail().as_django().message()["Subject"] == "Ihr März"
    assert mail().as_django().recipients() == ["jonas@example.org"]


@given(texts)
def test_any_text_comes_through(text):
    part = read(mail(text=text)).get_body(("plain",))
    raw = part.get_payload(decode=True).decode()
    assert raw.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")


@given(texts)
def test_any_subject_comes_through_on_one_line(subject):
    raw = mail(subject=subject).as_bytes()
    decoded = str(
        email.header.make_header(email.header.decode_header(email.message_from_bytes(raw)["Subject"] or ""))
    )
    assert decoded.split() == subject.split()
