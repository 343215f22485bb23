"""The links in letters: unsubscribing with one click, taking that back, and confirming an address (double opt-in)."""

import pytest

from campaigns import confirming, relaying, unsubscribing
from loyalty import tenancy
from loyalty.errors import NotFound
from members import consents, editing, privacy
from members.models import Consent
from tests import makers
from tests.campaigns import shop

pytestmark = pytest.mark.django_db
TICKED = [{"purpose": "email_marketing", "given": True, "confirmed": False}]


@pytest.fixture
def cafe():
    return makers.merchant()


@pytest.fixture
def jonas(cafe):
    return shop.guest(cafe)


def token(url):
    return url.rstrip("/").rpartition("/")[2]


def words(cafe, member):
    """All that was said on news by mail: (given, confirmed, source), in order."""
    with tenancy.scope(cafe):
        rows = Consent.objects.filter(member=member, purpose="email_marketing").order_by("at", "id")
        return [(row.given, row.confirmed, row.evidence.get("source")) for row in rows]


def allows(cafe, member):
    with tenancy.scope(cafe):
        return consents.allows(member, "email_marketing")


def test_looking_at_the_link_changes_nothing(cafe, jonas):
    found = unsubscribing.read(token(unsubscribing.url(jonas)))
    assert (found.merchant, found.member, found.purpose, found.active) == (
        cafe,
        jonas,
        "email_marketing",
        True,
    )
    assert len(words(cafe, jonas)) == 1


def test_one_click_withdraws_the_consent_and_a_second_changes_nothing(cafe, jonas):
    link = token(unsubscribing.url(jonas))
    assert unsubscribing.unsubscribe(link, how="one-click").active is False
    assert unsubscribing.unsubscribe(link).active is False
    assert words(cafe, jonas)[1:] == [(False, True, "unsubscribe:one-click")]
    assert not allows(cafe, jonas)


def test_it_can_be_taken_back_from_the_same_page(cafe, jonas):
    link = token(unsubscribing.url(jonas))
    unsubscribing.unsubscribe(link)
    assert unsubscribing.undo(link).active is True
    assert unsubscribing.undo(link).active is True
    assert [source for _given, _confirmed, source in words(cafe, jonas)[1:]] == [
        "unsubscribe:link",
        "unsubscribe:undone",
    ]


def test_a_withdrawal_made_elsewhere_is_not_taken_back_by_the_link(cafe, jonas):
    with tenancy.scope(cafe):
        consents.withdraw(jonas, "email_marketing", evidence={"source": "settings"})
    assert unsubscribing.undo(token(unsubscribing.url(jonas))).active is False
    assert not allows(cafe, jonas)


def test_what_was_never_confirmed_is_not_confirmed_by_undoing(cafe):
    eda = shop.guest(cafe, "Eda", "eda@example.org", consents=TICKED)
    link = token(unsubscribing.url(eda))
    unsubscribing.unsubscribe(link)
    assert unsubscribing.undo(link).active is False
    assert not allows(cafe, eda)


@pytest.mark.parametrize(
    "forge", [lambda link: link[:-1] + "x", lambda link: "x" + link, lambda link: "", lambda link: "ü"]
)
def test_a_link_we_did_not_sign_names_nothing(cafe, jonas, forge):
    link = token(unsubscribing.url(jonas))
    for verb in (unsubscribing.read, unsubscribing.unsubscribe, unsubscribing.undo, confirming.confirm):
        with pytest.raises(NotFound):
            verb(forge(link))
    assert allows(cafe, jonas)


def test_a_link_of_one_kind_is_none_of_another(cafe):
    eda = shop.guest(cafe, "Eda", "eda@example.org", consents=TICKED)
    with pytest.raises(NotFound):
        confirming.confirm(token(unsubscribing.url(eda)))
    with pytest.raises(NotFound):
        unsubscribing.unsubscribe(token(confirming.url(eda)))
    assert not allows(cafe, eda)


def test_following_the_link_confirms_the_consent_once(cafe):
    eda = shop.guest(cafe, "Eda", "eda@example.org", consents=TICKED)
    link = token(confirming.url(eda))
    assert confirming.confirm(link).active is True
    confirming.confirm(link)
    assert words(cafe, eda)[1:] == [(True, True, "double-opt-in")]


def test_a_consent_withdrawn_meanwhile_is_not_confirmed(cafe):
    eda = shop.guest(cafe, "Eda", "eda@example.org", consents=TICKED)
    with tenancy.scope(cafe):
        consents.withdraw(eda, "email_marketing", evidence={})
    with pytest.raises(consents.NothingToConfirm):
        confirming.confirm(token(confirming.url(eda)))
    assert not allows(cafe, eda)


def test_the_link_to_an_old_address_does_not_confirm_the_new_one(cafe):
    eda = shop.guest(cafe, "Eda", "eda@example.org", consents=TICKED)
    link = token(confirming.url(eda))
    with tenancy.scope(cafe):
        editing.change(eda, email="somebody.else@example.org")
    with pytest.raises(confirming.AddressChanged):
        confirming.confirm(link)
    assert not allows(cafe, eda)


def test_who_was_erased_is_not_found(cafe, jonas):
    link = token(unsubscribing.url(jonas))
    with tenancy.scope(cafe):
        privacy.erase(jonas)
    with pytest.raises(NotFound):
        unsubscribing.unsubscribe(link)


def test_a_consent_ticked_later_is_asked_to_be_confirmed_once(cafe, noon):
    eda = shop.guest(cafe, "Eda", "eda@example.org", consents=())
    relaying.relay(cafe)
    with tenancy.scope(cafe):
        assert confirming.ask(eda) is None
        consents.give(eda, "email_marketing", confirmed=False, evidence={})
        first = confirming.ask(eda)
        assert confirming.ask(eda).id == first.id
    assert [row.figures for row in shop.messages(cafe, campaign="confirmation")] == [{"confirm": True}]
