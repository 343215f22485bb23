"""The command line: one line of JSON for machines, sentences for people, a sentence for each mistake."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from loyalty.merchants.models import Merchant
from tests.rest.conftest import Api

pytestmark = pytest.mark.django_db
GIVEN = [
    "Café Morgenrot",
    "--email=a@b.example",
    "--currency=EUR",
    "--timezone=Europe/Berlin",
    "--country=DE",
]


def run(*arguments):
    out = StringIO()
    call_command("create_merchant", *arguments, stdout=out)
    return out.getvalue()


def test_a_machine_gets_one_line(client):
    output = run(*GIVEN, "--sandbox", "--clock=2017-01-01T00:00:00-05:00", "--json")
    assert output.count("\n") == 1
    told = json.loads(output)
    assert list(told) == ["merchant", "api_key", "login_url"]
    assert told["merchant"] == Merchant.objects.get().public_id
    assert told["api_key"].startswith("sk_test_")
    assert Api(told["api_key"]).get("/test-clock").json() == {"now": "2017-01-01T06:00:00+01:00"}


def test_a_live_merchant_gets_a_live_key_and_german():
    told = json.loads(run(*GIVEN, "--json"))
    assert told["api_key"].startswith("sk_live_")
    merchant = Merchant.objects.get()
    assert (merchant.is_sandbox, merchant.clock_at, merchant.language) == (False, None, "de")
    assert Api(told["api_key"]).get("/test-clock").status_code == 404


def test_the_link_lets_the_owner_in(client):
    told = json.loads(run(*GIVEN, "--json"))
    path = told["login_url"].partition("/dashboard/")[2]
    assert client.get(f"/dashboard/{path}").status_code == 302
    assert client.session["_auth_user_id"]


def test_people_get_sentences():
    lines = run(*GIVEN).splitlines()
    assert len(lines) == 3
    assert "Café Morgenrot" in lines[0]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--timezone=Europe/Leipzig"], ["--currency=euro"], ["--country=Deutschland"], ["--email=aylin"],
        ["--clock=2017-01-01T00:00:00-05:00"], ["--sandbox", "--clock=2017-01-01T00:00:00"],
        ["--sandbox", "--clock=morgen"],
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence_and_makes_no_merchant(wrong):
    with pytest.raises(CommandError) as refused:
        run(*GIVEN, *wrong)
    assert str(refused.value).endswith(".") or "2017" in str(refused.value)
    assert refused.value.returncode == 1
    assert Merchant.objects.count() == 0


def test_a_name_is_needed():
    with pytest.raises(CommandError):
        run(" ", *GIVEN[1:])
