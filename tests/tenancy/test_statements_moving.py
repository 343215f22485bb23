"""What moves between accounts: every statement names the merchant, and a transfer takes the same number always."""

import pytest

from programs import transferring
from rewards import merging
from tests import makers
from tests.tenancy.test_statements import cafe, counted, jonas, open_everything, programs  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


def test_a_transfer_takes_as_many_statements_from_many_lots_as_from_one(cafe, jonas, counted):  # noqa: F811
    ines = makers.member(cafe, "Ines")
    program = makers.points_program(cafe)
    for member in (jonas, ines):
        makers.purchase(cafe, member, 1000)
    give = {"member": jonas, "to": ines, "program": program}
    from_one = counted(lambda: transferring.transfer(amount=5, **give))
    for _ in range(5):
        makers.purchase(cafe, jonas, 1000)
    assert counted(lambda: transferring.transfer(amount=50, **give)) == from_one


def test_a_merge_names_the_merchant_throughout(cafe, jonas, counted):  # noqa: F811
    ines = makers.member(cafe, "Ines")
    programs(cafe, 2)
    makers.punch_card(cafe)
    for member in (jonas, ines):
        open_everything(cafe, member)
    assert counted(lambda: merging.merge(ines, jonas)) > 0
