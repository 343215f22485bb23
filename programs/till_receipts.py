"""The lines of a till's file put together into receipts. Pure: lines in, receipts and problems out.

One line per purchase, or one per item with the lines of a receipt standing together. Rule:
docs/operating.md, "Bringing sales in".
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from programs import till_values
from programs.till_files import Line

WHO = ("card", "member", "email", "phone")
# Columns that say that a line is an item, and not the purchase.
OF_ITEMS = {"line_amount", "unit_price", "sku", "name"}
# A purchase's external id has 255, and the day may stand before it.
NUMBER_LENGTH = 240
OWN_PRICE = {"line_amount", "unit_price"}


@dataclass(frozen=True, slots=True)
class Receipt:
    """One purchase of the file. line: where it begins. who: (field, text) of its customer, () for nobody known.

    amount_minor: before `discount_minor`, which is what lines below zero take off. items: fields of
    purchases.Item.
    """

    line: int
    external_id: str
    occurred_at: datetime
    amount_minor: int
    discount_minor: int
    who: tuple[tuple[str, str], ...]
    items: list[dict]
    location: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A receipt that was not taken, the line at fault, and what to do about it."""

    line: int
    receipt: str
    sentence: str


class Unreadable(Exception):
    def __init__(self, line, sentence):
        super().__init__(sentence)
        self.line, self.sentence = line, sentence


class Reader:
    """columns, mark: as in TillFile. exponent: digits of the currency's minor unit.

    per_day: the till counts its receipts from 1 every day, so that only day and number together are one
    receipt.
    """

    def __init__(self, *, columns, mark, timezone, exponent, per_day=False):
        self.columns, self.mark, self.exponent = set(columns), mark, exponent
        self.timezone, self.per_day = timezone, per_day
        self.seen = Counter()

    def read(self, lines: Iterable[Line]) -> Iterator[Receipt | Problem]:
        """Lines of one receipt and day that stand together are one; a line without a receipt's number is one alone."""
        for _key, group in groupby(lines, key=_which):
            together = list(group)
            try:
                yield self._receipt(together)
            except Unreadable as unreadable:
                yield Problem(unreadable.line, together[0]["receipt"], unreadable.sentence)

    def _receipt(self, lines):
        first = lines[0]
        occurred_at = self._moment(first)
        amount, discount, items = self._amounts(lines)
        if amount < discount:
            raise Unreadable(
                first.number, _("This gives money back. Please refund the purchase it belongs to.")
            )
        return Receipt(
            first.number, self._external_id(lines, occurred_at), occurred_at, amount, discount,
            next((who for line in lines if (who := _who(line))), ()), items, first["location"],
        )  # fmt: skip

    def _amounts(self, lines):
        """(amount, what was taken off it, items)."""
        if len(lines) == 1 and not OF_ITEMS & self.columns:
            amount = self._money(lines[0], "amount")
            return max(amount, 0), max(-amount, 0), []
        priced = [(line, self._line_amount(line)) for line in lines]
        items = [self._item(line, amount) for line, amount in priced if amount >= 0]
        listed = sum(item["amount_minor"] for item in items)
        off = -sum(amount for _line, amount in priced if amount < 0)
        if "amount" in self.columns and OWN_PRICE & self.columns:
            # The receipt's total stands beside each item's. What the items come to beyond it was taken off.
            total = self._money(lines[0], "amount")
            off = max(off, listed - total)
            return total + off, off, items
        return listed, off, items

    def _line_amount(self, line):
        if "line_amount" in self.columns:
            return self._money(line, "line_amount")
        if "unit_price" in self.columns:
            # What is weighed has a price for a part of one.
            return self._money(line, "unit_price", times=line["quantity"])
        return self._money(line, "amount")

    def _item(self, line, amount_minor):
        return {
            "sku": line["sku"], "name": line["name"] or line["sku"], "category": line["category"],
            "brand": line["brand"], "quantity": self._quantity(line), "amount_minor": amount_minor,
        }  # fmt: skip

    def _money(self, line, field, times=""):
        try:
            amount = till_values.amount_minor(
                line[field], mark=self.mark, exponent=self.exponent, times=times
            )
        except ValueError:
            text = f"{times} × {line[field]}" if times else line[field]
            raise Unreadable(line.number, _("“%(text)s” is no amount.") % {"text": text}) from None
        if amount is None:
            raise Unreadable(line.number, _("There is no amount."))
        return amount

    def _quantity(self, line):
        try:
            return till_values.quantity(line["quantity"], mark=self.mark)
        except ValueError:
            raise Unreadable(
                line.number, _("“%(text)s” is no number.") % {"text": line["quantity"]}
            ) from None

    def _moment(self, line):
        try:
            occurred_at = till_values.moment(line["date"], line["time"], self.timezone)
        except ValueError:
            sentence = _("“%(text)s” is no date. Write 2026-03-12 or 12.03.2026, and 14:05 for the time.")
            text = f"{line['date']} {line['time']}".strip()
            raise Unreadable(line.number, sentence % {"text": text}) from None
        if occurred_at is None:
            raise Unreadable(line.number, _("There is no date."))
        return occurred_at

    def _external_id(self, lines, occurred_at):
        """What tells the purchase apart, the same each time the file is read."""
        number = lines[0]["receipt"]
        if len(number) > NUMBER_LENGTH:
            sentence = _("A receipt's number has at most %(most)s characters.") % {"most": NUMBER_LENGTH}
            raise Unreadable(lines[0].number, sentence)
        if number and self.per_day:
            return f"{occurred_at.astimezone(ZoneInfo(self.timezone)).date()}/{number}"
        if number:
            return number
        # Without a number: all that the line says, and how often it was said before, as the same coffee is
        # bought twice in a minute.
        said = hashlib.sha256(
            "\x1f".join(f"{k}={v}" for k, v in sorted(lines[0].cells.items())).encode()
        ).hexdigest()
        self.seen[said] += 1
        return f"csv:{said[:32]}:{self.seen[said]}"


def _which(line):
    if not line["receipt"]:
        return line.number
    # The day alone: some tills write for each item when it was scanned.
    return line["receipt"], line["date"].replace("T", " ").partition(" ")[0]


def _who(line):
    return tuple((field, line[field]) for field in WHO if line[field])
