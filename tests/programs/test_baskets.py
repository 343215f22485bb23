"""A purchase as its rules see it after refunds."""

from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from programs import baskets
from programs.models import Purchase
from tests.programs.pure import NOON


def item(amount_minor, *, quantity=1, discount_minor=0, returned=0, returned_minor=0, sku="brot"):
    return {"sku": sku, "name": "", "category": "", "brand": "", "quantity": quantity, "amount_minor": amount_minor,
            "discount_minor": discount_minor, "returned": returned, "returned_minor": returned_minor}  # fmt: skip


def of(net_minor, *items, refunded_minor=0, returned_at=None):
    purchase = Purchase(
        net_minor=net_minor, refunded_minor=refunded_minor, items=list(items), returned_at=returned_at
    )
    return baskets.of(purchase, NOON)


def test_a_whole_purchase():
    found = of(1000, item(600, quantity=2), item(400, discount_minor=100, sku="torte"))
    assert found.net_minor == 1000
    assert [(x.sku, x.quantity, x.net_minor) for x in found.lines] == [("brot", 2, 600), ("torte", 1, 300)]


def test_returned_pieces_are_gone_with_their_money():
    found = of(1000, item(600, quantity=3, returned=1, returned_minor=200), item(400), refunded_minor=200)
    assert [(x.quantity, x.net_minor) for x in found.lines] == [(2, 400), (1, 400)]


def test_money_back_without_items_lowers_every_line_and_the_rest_by_the_same_share():
    found = of(1000, item(600), item(200), refunded_minor=500)
    assert [x.net_minor for x in found.lines] == [300, 100]
    assert found.net_minor == 500


def test_a_returned_purchase_is_no_visit():
    assert not of(1000, refunded_minor=1000, returned_at=datetime(2026, 3, 12, tzinfo=UTC)).is_visit
    assert of(0).is_visit


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=5), st.integers(0, 5_000), st.data())
def test_the_lines_and_the_rest_add_up_to_what_is_left(amounts, rest, data):
    net = sum(amounts) + rest
    refunded = data.draw(st.integers(0, net))
    found = of(net, *[item(amount) for amount in amounts], refunded_minor=refunded)
    lines = sum((x.net_minor for x in found.lines), Fraction(0))
    assert 0 <= lines <= found.net_minor == net - refunded
    if rest == 0:
        assert lines == found.net_minor
