"""The codes of vouchers: readable ones, under the name by which rewards know them."""

from loyalty.readable_codes import ALPHABET, LENGTH, display, new, parse

__all__ = ["ALPHABET", "LENGTH", "display", "new", "parse"]
