"""Amounts of money are integers in minor units: 1050 EUR = 10.50 €. Here they are scaled, split and rounded."""

from collections.abc import Sequence
from fractions import Fraction

# ISO 4217: currencies whose minor unit is not a hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)

# The largest amount that is taken (api.md, "Fine print"): 10^12 minor units.
LARGEST_MINOR = 10**12


def exponent(currency: str) -> int:
    """How many digits stand after the decimal point: EUR 2, JPY 0, KWD 3."""
    return EXPONENTS.get(currency, 2)


def half_up(value: Fraction) -> int:
    """Round to the nearest whole unit, a half away from zero."""
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value.numerator) + value.denominator) // (2 * value.denominator))


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Split a total over lines in proportion to their weights, so that the parts sum up to it exactly.

    The cents that proportional rounding leaves over go to the lines that lost most by it, earlier lines first.
    With no weight at all everything falls on the first line. Empty weights take nothing.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        return [total, *[0] * (len(weights) - 1)]
    parts = [total * weight // whole for weight in weights]
    by_loss = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_loss[: total - sum(parts)]:
        parts[i] += 1
    return parts
