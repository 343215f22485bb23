"""A purchase as its rules see it: what is left of it after refunds."""

from fractions import Fraction

from loyalty import ids
from programs.earning import Basket, Line


def of(purchase, local):
    """The basket of a Purchase, at its local time.

    Returned items are gone. Money given back without naming items lowers every line, and the rest, by the same share.
    """
    left = Fraction(purchase.net_minor - purchase.refunded_minor)
    lines = [_line(item) for item in purchase.items]
    by_lines = purchase.net_minor - sum(item["returned_minor"] for item in purchase.items)
    share = left / by_lines if by_lines else Fraction(1)
    return Basket(
        net_minor=left,
        lines=tuple(
            Line(x.sku, x.category, x.brand, x.quantity, x.net_minor * share) for x in lines if x.quantity
        ),
        at=local,
        is_visit=purchase.returned_at is None,
        location=ids.public("loc", purchase.location_id),
    )


def _line(item):
    kept = item["quantity"] - item["returned"]
    net = item["amount_minor"] - item["discount_minor"] - item["returned_minor"]
    return Line(item["sku"], item["category"], item["brand"], Fraction(kept), Fraction(net))
