"""What is collected, written with its unit: 12 points, one stamp; money where a program counts money."""

from django.utils.translation import get_language

from loyalty import tenancy
from loyalty.design import wording
from programs import types
from programs.because import unit


def counts_money(program) -> bool:
    return types.get(program.type).counts_money


def counted(count: int, program) -> str:
    """So much of a program, in the active language: "12 points", "30.50 €"."""
    language = get_language() or "en"
    if counts_money(program):
        return wording.amount(count, tenancy.merchant().currency, language)
    name = program.unit_singular if abs(count) == 1 else program.unit_plural
    return f"{wording.plain(count, language)} {unit(name)}"


def gives_points(program) -> bool:
    """Whether every purchase gives points, so that one without is worth a word."""
    kind = types.get(program.type)
    return "earn" in kind.Settings.model_fields and not kind.has_tiers


def tells_amount(program, amount: int) -> bool:
    """Whether a history has a column of points for it: not for stamps and money, which are told in words, and not
    where nothing is collected."""
    if counts_money(program) or program.unit_singular == "stamp":
        return False
    return bool(amount) or gives_points(program)


def collects(live) -> bool:
    """Whether there is a balance to tell of: stamps, points, or money spent. A discount card and a club have none."""
    settings = live.settings
    return (
        hasattr(settings, "stamps_required")
        or getattr(settings, "earn", None) is not None
        or live.type.counts_money
    )
