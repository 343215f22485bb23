"""`manage.py check_ledger`: recompute the books of every merchant, or of one: points and gift cards.

Reports, never repairs. It lies where all books can be seen.
"""

from django.core.management.base import BaseCommand, CommandError

from loyalty import ids, tenancy
from loyalty.merchants.models import Merchant
from programs import checking
from rewards.gift_cards import checking as gift_cards

BOOKS = (checking.check, gift_cards.check)


class Command(BaseCommand):
    help = "Recomputes every account and gift card from its entries and reports what does not fit. Changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("--merchant", help="only this one, e.g. mer_0192…")

    def handle(self, *args, merchant=None, **options):
        merchants = Merchant.objects.order_by("id")
        if merchant:
            merchants = merchants.filter(id=ids.parse("mer", merchant))
        wrong = 0
        for one in merchants:
            with tenancy.scope(one):
                problems = [problem for check in BOOKS for problem in check()]
            wrong += len(problems)
            for problem in problems:
                self.stderr.write(f"{one.name}: {problem}")
        if wrong:
            raise CommandError(f"{wrong} figures in the books do not fit. Nothing was changed.")
        self.stdout.write(f"The books of {len(merchants)} merchants balance.")
