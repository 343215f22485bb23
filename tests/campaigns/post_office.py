"""A real SMTP server for tests: keeps what it took, and answers as it is told."""

import email
import email.policy
import socket
import threading
from contextlib import contextmanager

from aiosmtpd.controller import Controller

PATIENCE = 30


class PostOffice:
    """taken: parsed mails, in order. answers: {recipient: reply to RCPT}; contents: {recipient: reply to the content}.

    stop_at(step, number): at the number-th time of "MAIL", "RCPT" or "DATA" the server waits in mid-step until
    `go_on` is set; `stopped` is set then.
    """

    def __init__(self):
        self.taken, self.answers, self.contents = [], {}, {}
        self.connections = 0
        self.steps = {"MAIL": 0, "RCPT": 0, "DATA": 0}
        self.stop = None
        self.stopped, self.go_on = threading.Event(), threading.Event()
        self.arrival = threading.Condition()

    def stop_at(self, step, number=1):
        self.stop = (step, number)

    def recipients(self):
        return sorted(mail["To"] for mail in self.taken)

    def wait_for(self, count):
        """Whether so many mails have been taken, now or in the course of the patience there is."""
        with self.arrival:
            return self.arrival.wait_for(lambda: len(self.taken) >= count, PATIENCE)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        await self._pause("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        await self._pause("RCPT")
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.contents.get(envelope.rcpt_tos[0], "250 OK")
        if answer.startswith("250"):
            with self.arrival:
                self.taken.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
                self.arrival.notify_all()
        await self._pause("DATA")
        return answer

    async def _pause(self, step):
        self.steps[step] += 1
        if self.stop == (step, self.steps[step]):
            self.stopped.set()
            # Only this server waits, in its own thread, until the test has done what it wanted.
            self.go_on.wait(PATIENCE)


@contextmanager
def open_for_business():
    """Yields (PostOffice, port)."""
    office, port = PostOffice(), _free_port()
    controller = Controller(office, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield office, port
    finally:
        office.go_on.set()
        controller.stop(no_assert=True)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
