"""What people type as an e-mail address or a phone number, and what it is taken for."""

import pytest

from loyalty.errors import Invalid
from members import addresses, typos


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("juergen@gmial.com", "juergen@gmail.com"),
        ("juergen@gmail.con", "juergen@gmail.com"),
        ("juergen@gmail.co", "juergen@gmail.com"),
        ("juergen@gmai.com", "juergen@gmail.com"),
        ("juergen@gmali.con", "juergen@gmail.com"),
        ("juergen@gmail.de", "juergen@gmail.com"),
        ("Ayse.K@T-Onlien.de", "Ayse.K@t-online.de"),
        ("ayse@wbe.de", "ayse@web.de"),
        ("ayse@gxm.de", "ayse@gmx.de"),
        ("ayse@hotmial.com", "ayse@hotmail.com"),
        ("ayse@outlok.de", "ayse@outlook.de"),
        ("hallo@cafe-morgenrot.con", "hallo@cafe-morgenrot.com"),
        ("hallo@cafe-morgenrot.ed", "hallo@cafe-morgenrot.de"),
    ],
)
def test_a_slip_in_the_domain_gives_a_suggestion(typed, meant):
    assert addresses.suggestion(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "a@gmail.com",
        "a@GMAIL.com",
        "a@gmx.com",
        "a@gmx.net",
        "a@mail.de",
        "a@ymail.com",
        "hallo@cafe-morgenrot.de",
        "",
        "a",
        "@gmial.com",
    ],
)
def test_what_may_be_right_gives_no_suggestion(typed):
    assert addresses.suggestion(typed) is None


def test_no_provider_is_a_slip_of_another():
    assert [provider for provider in typos.PROVIDERS if typos.domain(provider)] == []


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("gmail", "gmail", 0),
        ("gmial", "gmail", 1),
        ("gmal", "gmail", 1),
        ("gamil", "gmail", 1),
        ("web", "wbee", 2),
        ("", "ab", 2),
    ],
)
def test_slips_are_counted_with_neighbours_exchanged_as_one(one, other, slips):
    assert typos.slips(one, other) == slips == typos.slips(other, one)


def test_an_address_is_trimmed_and_its_domain_lowered():
    assert addresses.email("  Aylin.Yilmaz@GMAIL.Com ") == "Aylin.Yilmaz@gmail.com"
    assert addresses.email("a@müller.de") == "a@müller.de"
    assert addresses.email_key("Aylin@gmail.com") == "aylin@gmail.com"
    assert addresses.email_key("") is None


@pytest.mark.parametrize(
    "typed",
    [
        "aylin",
        "aylin@",
        "@gmail.com",
        "a b@gmail.com",
        "a@gmail",
        "a@b..de",
        "ay\nlin@gmail.com",
        "a" * 250 + "@gmail.com",
    ],
)
def test_half_an_address_is_refused_with_a_sentence(typed):
    with pytest.raises(Invalid) as refused:
        addresses.email(typed)
    assert refused.value.facts["field_errors"] == {
        "email": ["This is not a complete e-mail address. It looks like name@example.com."]
    }


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("0151 23456789", "DE", "+4915123456789"),
        ("(0341) 123-4567", "DE", "+493411234567"),
        ("+43 664 1234567", "DE", "+436641234567"),
        ("0041 79 123 45 67", "DE", "+41791234567"),
        ("079 123 45 67", "CH", "+41791234567"),
        ("(202) 456-1111", "US", "+12024561111"),
    ],
)
def test_a_number_is_read_as_it_is_dialled_in_the_country(typed, country, number):
    assert addresses.phone(typed, country) == number


@pytest.mark.parametrize("typed", ["", "12", "0151 2345", "abc", "+999 123456789", "0151 23456789012345"])
def test_a_number_that_cannot_be_dialled_is_refused_with_an_example(typed):
    with pytest.raises(Invalid) as refused:
        addresses.phone(typed, "DE")
    assert refused.value.facts["field_errors"] == {
        "phone": ["This is not a complete phone number. Write it with its area code, e.g. 01512 3456789."]
    }


def test_one_field_takes_an_address_or_a_number():
    assert addresses.contact("Aylin@Gmail.com", "DE") == ("email", "Aylin@gmail.com")
    assert addresses.contact(" 0151 23456789", "DE") == ("phone", "+4915123456789")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (" ", "Enter an e-mail address or a phone number."),
        ("aylin@", "This is not a complete e-mail address. It looks like name@example.com."),
        ("12", "This is not a complete phone number. Write it with its area code, e.g. 01512 3456789."),
    ],
)
def test_one_field_says_what_is_wrong_under_its_own_name(typed, sentence):
    with pytest.raises(Invalid) as refused:
        addresses.contact(typed, "DE")
    assert refused.value.facts["field_errors"] == {"contact": [sentence]}


@pytest.mark.parametrize(
    "typed",
    [
        "ı@example.org",
        f"a@{'ü' * 60}.de",
        '"a b> SIZE=1"@example.org',
        '"a\x01"@example.org',
        "a@[127.0.0.1]",
        "root@localhost",
    ],
)
def test_an_address_that_no_mail_server_takes_is_refused(typed):
    with pytest.raises(Invalid):
        addresses.email(typed)
