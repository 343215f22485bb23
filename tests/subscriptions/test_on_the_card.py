"""A guest's card opens where a paid club runs, with a subscription and without."""

import pytest
from django.test import Client

from loyalty import tenancy
from members import finding
from tests import makers
from tests.subscriptions import shop

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("has_points", [True, False])
@pytest.mark.parametrize("subscribed", [True, False])
def test_the_card_opens_and_names_the_club(gym, mira, subscribed, has_points):
    club = shop.club(gym, gifts=["Ein Shake"])
    if has_points:
        makers.points_program(gym)
    if subscribed:
        shop.subscribe(gym, mira, club)
    makers.purchase(gym, mira, 1000)
    with tenancy.scope(gym):
        token = finding.cards_of([mira])[mira.id].token
    page = Client().get(f"/card/{token}/")
    assert page.status_code == 200
    assert "Kraftclub" in page.content.decode()
    assert Client().get(f"/card/{token}/history/").status_code == 200
