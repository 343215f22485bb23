"""`manage.py seed_demo`: the three shops of the demo, made once. `--print` tells where they are and how to get in."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from loyalty import clock, tenancy
from loyalty.demo import living, shops
from loyalty.merchants.models import Merchant
from members import finding
from members.models import Member


class Command(BaseCommand):
    help = "Makes the example shops, unless they are there already."

    def add_arguments(self, parser):
        parser.add_argument("--print", action="store_true", help="only say where they are and how to get in")

    def handle(self, *args, **options):
        if not options["print"]:
            for shop in shops.SHOPS:
                if not Merchant.objects.filter(email=shop.email).exists():
                    with transaction.atomic():
                        living.open_shop(shop, today=clock.now())
        for shop in shops.SHOPS:
            merchant = Merchant.objects.filter(email=shop.email).first()
            if merchant:
                self._tell(shop, merchant)
        self.stdout.write(f"\nMails that would have been sent   {settings.PUBLIC_URL}/inbox/")
        self.stdout.write(f"API documentation                 {settings.PUBLIC_URL}/api/docs/")

    def _tell(self, shop, merchant):
        with tenancy.scope(merchant):
            card = finding.card_url(finding.card_of(Member.objects.get(name=shop.guest.name)))
        url = settings.PUBLIC_URL
        self.stdout.write(
            f"\n{shop.name}, {shop.tagline}\n"
            f"  Owner      {url}/dashboard/   {shop.email}   {shops.PASSWORD}\n"
            f"  Counter    {url}/counter/   open it from the dashboard, then PIN {shops.PIN}\n"
            f"  Poster     {url}/join/{merchant.slug}/\n"
            f"  A guest    {card}"
        )
