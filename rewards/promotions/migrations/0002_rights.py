"""Which voucher is of which promotion stays as it was made; so do the texts that letters were written from."""

from django.db import migrations

from loyalty.tenancy.operations import append_only


class Migration(migrations.Migration):
    dependencies = [("promotions", "0001_initial")]
    operations = [append_only("promotions_promotioncode"), append_only("promotions_letterrun")]
