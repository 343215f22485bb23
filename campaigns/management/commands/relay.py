"""`manage.py relay`: tells news and sends messages as soon as they are there, not only when beat says so."""

import signal
import threading

import structlog
from django.core.management.base import BaseCommand
from django.db import OperationalError, close_old_connections

from campaigns import duties

SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_AFTER_TROUBLE = 5.0

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Relay events and send due messages until stopped. Several may run side by side."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="Do what is due now, then stop.")

    def handle(self, *args, once=False, **options):
        self.stopping = threading.Event()
        if once:
            while self._round():
                pass
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        while not self.stopping.is_set():
            self._look()

    def _look(self):
        try:
            busy = self._round()
        except OperationalError:
            # The database is restarting, or moved. Its connection is of no use any more.
            log.exception("database_is_away")
            close_old_connections()
            self.stopping.wait(SECONDS_AFTER_TROUBLE)
            return
        if not busy:
            self.stopping.wait(SECONDS_BETWEEN_LOOKS)

    def _round(self):
        """Every merchant that has something gets its turn; a merchant in trouble does not stop the others."""
        done = 0
        for name in ("news", "messages"):
            for merchant_id in duties.BY_NAME[name].merchants():
                if not self.stopping.is_set():
                    done += self._one(name, merchant_id)
        return done

    def _one(self, name, merchant_id):
        try:
            return duties.round_of(name, merchant_id).total()
        except OperationalError:
            raise
        except Exception:
            log.exception("merchant_in_trouble", merchant=str(merchant_id), work=name)
            return 0
