"""E-mail: one connection for many messages, and the moment before which nothing has left made visible to the caller."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.core.mail import get_connection
from django.core.mail.backends import smtp

from campaigns.channels.outcome import SENT, Fate, Outcome
from campaigns.mime import Mail

# The server says so, but of the moment and not of the message (RFC 5321, 4.2.1).
_TEMPORARY = range(400, 500)
_GO_AHEAD = 354


class Unreachable(Exception):
    """No line could be opened: nothing was handed over."""


@contextmanager
def line() -> Iterator["SmtpLine | BackendLine"]:
    """A line over which messages can be handed over, one after the other. Raises Unreachable."""
    backend = get_connection()
    try:
        backend.open()
        found = _line_of(backend)
    except (OSError, smtplib.SMTPException) as error:
        raise Unreachable(f"mail server: {type(error).__name__}") from error
    try:
        yield found
    finally:
        with suppress(OSError, smtplib.SMTPException):
            backend.close()


def _line_of(backend):
    if not isinstance(backend, smtp.EmailBackend):
        return BackendLine(backend)
    backend.connection.ehlo_or_helo_if_needed()
    return SmtpLine(backend.connection)


class SmtpLine:
    """Speaks SMTP step by step, because only the last step can leave us in doubt."""

    def __init__(self, connection: smtplib.SMTP):
        self.connection = connection

    def hand_over(self, mail: Mail, before: Callable[[], bool]) -> Outcome | None:
        """Hand one mail over. `before` is called when sender and recipient are accepted and nothing has left yet.

        If it returns False the mail is not handed over, and None returned.
        """
        try:
            problem = self._introduce(mail)
            if problem or not before():
                self.connection.rset()
                return problem
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Fate.LATER, f"mail server: {type(error).__name__}", line_is_dead=True)
        return self._transmit(mail)

    def _introduce(self, mail):
        code, _answer = self.connection.docmd("MAIL", f"FROM:<{mail.sender}>")
        if code == 421:
            return Outcome(Fate.LATER, "mail server: 421", line_is_dead=True)
        if code != 250:
            # The sender is the installation's and not the message's: somebody will put that right.
            return Outcome(Fate.LATER, f"sender refused: {code}")
        code, _answer = self.connection.docmd("RCPT", f"TO:<{mail.recipient}>")
        if code in (250, 251):
            return None
        if code == 421:
            return Outcome(Fate.LATER, "mail server: 421", line_is_dead=True)
        return Outcome(Fate.LATER if code in _TEMPORARY else Fate.REFUSED, f"recipient refused: {code}")

    def _transmit(self, mail):
        try:
            code, _answer = self.connection.docmd("DATA")
            if code == _GO_AHEAD:
                # A dot alone on a line ends the content, so one at the beginning of a line is doubled.
                content = mail.as_bytes().replace(b"\r\n.", b"\r\n..")
                self.connection.send(content + b".\r\n")
                code, _answer = self.connection.getreply()
        except (OSError, smtplib.SMTPException):
            return Outcome(Fate.UNKNOWN, "unconfirmed", line_is_dead=True)
        if code == 250:
            return SENT
        return Outcome(
            Fate.LATER if code in _TEMPORARY else Fate.REFUSED,
            f"content refused: {code}",
            line_is_dead=code == 421,
        )


class BackendLine:
    """Any other mail backend of Django: the demo's folder, or a service by HTTP. It says only whether it went well."""

    def __init__(self, backend):
        self.backend = backend

    def hand_over(self, mail: Mail, before: Callable[[], bool]) -> Outcome | None:
        if not before():
            return None
        try:
            self.backend.send_messages([mail.as_django()])
        except Exception as error:
            # Each service has errors of its own. Whether the message was taken, none of them says.
            return Outcome(Fate.UNKNOWN, f"unconfirmed: {type(error).__name__}"[:240])
        return SENT
