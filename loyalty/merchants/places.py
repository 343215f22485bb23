"""Where the shop is: its locations."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from loyalty.errors import Invalid
from loyalty.merchants import auditing
from loyalty.merchants.models import Location


def all_of_them() -> list[Location]:
    """The locations of the merchant in scope, the oldest first."""
    return list(Location.objects.order_by("created_at", "id"))


def add(*, name: str, address: str, actor: str) -> Location:
    """Add a location. Raises Invalid where its name is taken."""
    location = Location(name=name.strip(), address=address.strip())
    _save(location)
    auditing.record(actor, "location.added", location.public_id)
    return location


def change(location: Location, *, name: str, address: str, actor: str) -> None:
    """Rename a location or change its address. Raises Invalid where the name is taken."""
    location.name, location.address = name.strip(), address.strip()
    _save(location)
    auditing.record(actor, "location.changed", location.public_id)


def _save(location: Location) -> None:
    try:
        with transaction.atomic():
            location.save()
    except IntegrityError:
        raise Invalid({"name": [_("There is a location of this name already.")]}) from None
