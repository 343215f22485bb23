"""Twelve weeks in the life of a shop, through the same verbs as a real one: guests join, come, redeem, stay away."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from loyalty import clock, tenancy
from loyalty.demo import shops
from loyalty.events.models import Event
from loyalty.merchants import registering, staffing
from loyalty.merchants.models import Location, Merchant
from members import consents
from members.models import Consent
from programs import enrolling
from rewards import catalogue, checkout, redeeming, standing

DAYS = 84
OPEN_HOURS = range(7, 19)


@dataclass
class Visitor:
    """A guest with habits. stays_away_from: the day from which they are not seen any more."""

    member: object
    every_days: float
    hour: int
    stays_away_from: int


def open_shop(shop: shops.Shop, *, today: datetime) -> Merchant:
    """Make a merchant of the demo with twelve weeks of history, ending now."""
    # A day earlier: who joins on the first morning finds the program running.
    start = today - timedelta(days=DAYS + 1)
    with clock.at(start):
        user = get_user_model().objects.create_user(shop.email, shop.email, shops.PASSWORD)
        merchant = registering.register(
            name=shop.name, email=shop.email, currency="EUR", timezone="Europe/Berlin", country="DE", user=user,
            owner_name=shop.owner, location_name=shop.location_names[0], colour_hex=shop.colour, tagline=shop.tagline,
            motif=shop.motif, legal_name=f"{shop.name}, {shop.owner}", legal_address=shop.street,
            contact_name=shop.owner, informal=shop.informal,
        ).merchant  # fmt: skip
        with tenancy.scope(merchant):
            _furnish(shop)
    life = _Life(shop, merchant, today)
    for day in range(DAYS + 1):
        life.live(day)
    with tenancy.scope(merchant):
        # What happened before the demo was started is no news.
        Event.objects.update(relayed_at=clock.now())
    return merchant


def _furnish(shop):
    for name in shop.location_names[1:]:
        Location.objects.create(name=name)
    owner = staffing.present()[0]
    staffing.set_pin(owner, shops.PIN, actor=shop.owner)
    for name in shop.staff:
        staffing.add(name=name, role="cashier", pin=shops.PIN, actor=shop.owner)
    made = [catalogue.create_program(actor=shop.owner, **program) for program in shop.programs]
    for reward in shop.rewards:
        catalogue.create_reward(program=made[-1], **reward)


class _Life:
    """The days of one shop. The same shop always lives the same life."""

    def __init__(self, shop, merchant, today):
        self.shop, self.merchant, self.today = shop, merchant, today
        self.chance = random.Random(shop.name)
        self.zone = ZoneInfo(merchant.timezone)
        self.visitors: list[Visitor] = []
        self.joining = sorted(int(self.chance.random() ** 1.6 * DAYS) for _guest in range(shop.guests - 1))

    def live(self, day):
        morning = (self.today.astimezone(self.zone) - timedelta(days=DAYS - day)).replace(
            hour=6, minute=30, second=0, microsecond=0
        )
        if morning > self.today:
            return
        with clock.at(morning), tenancy.scope(self.merchant):
            self._join(day)
        evening = min(morning.replace(hour=20), self.today)
        with clock.at(evening), tenancy.scope(self.merchant):
            sales = self._visits(day, morning, evening)
            checkout.ring_up_many(sales, actor=self.chance.choice(self.shop.staff))
            self._redeem(list({sale.member.id: sale.member for sale in sales if sale.member}.values()))

    def _join(self, day):
        if day == 0:
            self.guest = self._enrol(self.shop.guest.name, self.shop.guest.email, "de")
            evidence = {"source": "demo"}
            consents.give(self.guest, Consent.Purpose.EMAIL_MARKETING, confirmed=True, evidence=evidence)
        for number, joins_on in enumerate(self.joining):
            if joins_on == day:
                self.visitors.append(self._visitor(number, day))

    def _visitor(self, number, day):
        name = f"{self.chance.choice(shops.FIRST)} {self.chance.choice(shops.LAST)}"
        email = f"gast{number}@{self.shop.name.lower()}-gast.example" if self.chance.random() < 0.7 else ""
        return Visitor(
            member=self._enrol(name, email, "de" if self.chance.random() < 0.93 else "en"),
            every_days=self.chance.choice((2.5, 4, 6, 7, 7, 10, 14)),
            hour=self.chance.choice((7, 8, 8, 9, 10, 12, 13, 15, 17)),
            stays_away_from=self.chance.randrange(day + 1, DAYS + 90),
        )

    def _enrol(self, name, email, language):
        place = Location.objects.order_by("id").first()
        return enrolling.join(name=name, email=email, language=language, location=place, source="poster")

    def _visits(self, day, morning, evening):
        """The day's sales, in their order."""
        places = list(Location.objects.order_by("id"))
        sales = self._sale_to_guest(day, morning, evening, places[0])
        for visitor in self.visitors:
            is_gone = day >= visitor.stays_away_from
            if not is_gone and self.chance.random() <= 1 / visitor.every_days:
                hour = min(18, max(7, visitor.hour + self.chance.choice((-1, 0, 0, 0, 1))))
                at = morning.replace(hour=hour, minute=self.chance.randrange(60))
                sales.append(self._sale(visitor.member, at, self.chance.choice(places)))
        for _stranger in range(self.chance.randrange(4, 9)):
            at = morning.replace(hour=self.chance.choice(OPEN_HOURS), minute=self.chance.randrange(60))
            sales.append(self._sale(None, at, places[0]))
        return sorted(
            (sale for sale in sales if sale.occurred_at <= evening), key=lambda sale: sale.occurred_at
        )

    def _sale_to_guest(self, day, morning, evening, place):
        """The guest whose card is shown comes at even distances, the last time today."""
        amounts = self.shop.guest.purchases
        days = [round((number + 1) * DAYS / len(amounts)) for number in range(len(amounts))]
        if day not in days:
            return []
        at = min(morning.replace(hour=8, minute=12), evening)
        return [checkout.Sale(self.guest, amounts[days.index(day)], occurred_at=at, location=place)]

    def _sale(self, member, at, place):
        amount = int(self.shop.basket_minor * self.chance.lognormvariate(0, 0.45))
        if member is None:
            # Guests without a card buy a little less, as everywhere.
            amount = int(amount * 0.85)
        return checkout.Sale(member=member, amount_minor=amount // 10 * 10, occurred_at=at, location=place)

    def _redeem(self, members):
        """Full cards are mostly redeemed at once, points now and then; the guest of the demo saves for the best."""
        for member, standings in zip(members, standing.of_many(members).values(), strict=True):
            for one in standings:
                wanted = one.unlocked or (
                    one.reachable[-1:] if one.spendable >= self._saves_for(member) else []
                )
                if wanted and (member == self.guest or self.chance.random() < (0.7 if one.unlocked else 0.3)):
                    who = self.chance.choice(self.shop.staff)
                    redeeming.redeem(member=member, reward=wanted[0], actor=who)

    def _saves_for(self, member):
        return self.shop.guest_saves_for if member == self.guest else 0
