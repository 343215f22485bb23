"""The offer at the head of the sign-up page, with the punch card as it will be given out."""

from dataclasses import dataclass

from loyalty.design import stamps
from loyalty.design.stamps import Place
from rewards import offers

# More places than this do not fit in one row of a phone.
ONE_ROW = 10


@dataclass(frozen=True)
class SignUpOffer:
    headline: str
    text: str
    places: list[Place]


def of_merchant() -> SignUpOffer:
    offer = offers.of_merchant()
    given = [Place(stamps.GIVEN, seed=f"welcome{place}") for place in range(offer.welcome)]
    fits = 0 < offer.stamps <= ONE_ROW
    row = stamps.places(given=given, total=offer.stamps, reward=str(offer.stamps)) if fits else []
    return SignUpOffer(offer.headline, offer.text, row)
