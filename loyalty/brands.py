"""What a page shows of a merchant, and in which language its guests are spoken to."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.urls import reverse
from django.utils import translation

from loyalty import colour
from loyalty.design.brand import Brand
from loyalty.merchants.models import Merchant


def of(merchant: Merchant) -> Brand:
    """The sign of a shop as the design's templates want it."""
    return Brand(
        name=merchant.name,
        colour=merchant.colour,
        line=merchant.tagline,
        motif=merchant.motif,
        logo_url=logo_url(merchant),
    )


def logo_url(merchant: Merchant) -> str:
    """Where the uploaded logo is served, or "". Its length is in the address, so that a new one is fetched."""
    if not merchant.logo_type:
        return ""
    return f"{reverse('dashboard:logo', args=[merchant.slug])}?{len(bytes(merchant.logo or b''))}"


def guest_language(merchant: Merchant) -> str:
    """The language code in which guests are addressed: German with du has its own."""
    return "de-du" if merchant.language == "de" and merchant.informal else str(merchant.language)


@contextmanager
def spoken_to_guests(merchant: Merchant) -> Iterator[None]:
    """Sentences made inside are in the language in which guests are addressed."""
    with translation.override(guest_language(merchant)):
        yield


def palette(merchant: Merchant) -> dict[str, str]:
    """The merchant's five tokens on paper. Computed afresh where none are stored yet."""
    return (merchant.palette or colour.tokens(merchant.colour))["light"]
