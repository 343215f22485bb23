"""What the runtime may do with the books of gift cards."""

from django.db import migrations

from loyalty.tenancy.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("gift_cards", "0001_initial")]
    operations = [append_only("gift_cards_giftcardentry")]
