import pytest

from loyalty import clock
from tests.campaigns import post_office, shop


@pytest.fixture
def noon():
    """The machine's clock, stopped at noon UTC."""
    with clock.at(shop.NOON):
        yield shop.NOON


@pytest.fixture
def office(settings):
    """A real mail server, to which Django's SMTP backend sends."""
    with post_office.open_for_business() as (office, port):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        yield office
