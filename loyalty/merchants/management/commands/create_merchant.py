"""`manage.py create_merchant`: a merchant from the command line, with its first key and a link to sign in."""

import json
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from loyalty.errors import Invalid
from loyalty.merchants import registering
from loyalty.merchants.models import Language, Membership

# Read by the dashboard, which lets in whoever holds such a link, once and within a day.
ENTER_SALT = "stammgast.enter"


class Command(BaseCommand):
    help = "Register a merchant with its owner, a first location and an API key, which is shown this once."

    def add_arguments(self, parser):
        parser.add_argument("name", help="what stands over the door")
        parser.add_argument("--email", required=True, help="the owner's address, to sign in with")
        parser.add_argument("--currency", required=True, help="ISO 4217, e.g. EUR")
        parser.add_argument("--timezone", required=True, help="e.g. Europe/Berlin")
        parser.add_argument("--country", required=True, help="ISO 3166, e.g. DE")
        parser.add_argument("--language", default=Language.GERMAN, choices=Language.values)
        parser.add_argument("--sandbox", action="store_true", help="with a clock of its own and no mail")
        parser.add_argument("--clock", help="where a sandbox's clock stands: date, time, offset")
        parser.add_argument("--json", action="store_true", help="answer with one line of JSON")

    def handle(
        self, *, name, email, currency, timezone, country, language, sandbox, clock, json: bool, **options
    ):
        _check(name, email)
        try:
            registered = registering.register(
                name=name, email=email, currency=currency, timezone=timezone, country=country, language=language,
                sandbox=sandbox, clock_at=_moment(clock, sandbox),
            )  # fmt: skip
        except Invalid as refusal:
            raise CommandError(_sentences(refusal)) from None
        told = {
            "merchant": registered.merchant.public_id,
            "api_key": registered.api_key,
            "login_url": _login_url(registered.merchant),
        }
        self.stdout.write(_as_json(told) if json else _for_people(name, told))


def _check(name, email):
    if not name.strip() or len(name) > 120:
        raise CommandError(_("Write a name of 1 to 120 characters."))
    try:
        validate_email(email)
    except ValidationError:
        raise CommandError(
            _("This is not a complete e-mail address. It looks like name@example.com.")
        ) from None


def _moment(text, sandbox):
    if text is None:
        return None
    if not sandbox:
        raise CommandError(_("Only a sandbox has a clock to set. Add --sandbox."))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CommandError(_("Write the clock with its offset, e.g. 2017-01-01T00:00:00-05:00."))
    return moment


def _login_url(merchant):
    membership = Membership.objects.get(merchant=merchant)
    named = {"user": membership.user_id, "merchant": str(merchant.id)}
    return f"{settings.PUBLIC_URL}/dashboard/enter/{signing.dumps(named, salt=ENTER_SALT)}/"


def _sentences(refusal):
    return " ".join(str(line) for lines in refusal.facts["field_errors"].values() for line in lines)


def _as_json(told):
    return json.dumps(told)


def _for_people(name, told):
    return "\n".join(
        [
            _("%(name)s is registered as %(merchant)s.") % {"name": name, "merchant": told["merchant"]},
            _("API key, shown this once: %(key)s") % {"key": told["api_key"]},
            _("Sign in within 24 hours: %(url)s") % {"url": told["login_url"]},
        ]
    )
