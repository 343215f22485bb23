"""Requests over real HTTP: several lines kept open, as fast as they are answered or at a given rate."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """A POST: its path, its JSON, its Idempotency-Key."""

    path: str
    body: bytes
    key: str


@dataclass
class Run:
    """What came of many requests. milliseconds: each one's wait, from when it was due; statuses and bodies beside."""

    seconds: float = 0.0
    milliseconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def rate(self):
        return len(self.milliseconds) / self.seconds

    def percentile(self, share):
        waits = sorted(self.milliseconds)
        return waits[min(len(waits) - 1, int(len(waits) * share))]


def send(
    port: int, secret: str, requests: Sequence[Request], *, connections: int, rate: float | None = None
) -> Run:
    """Send all requests over so many lines. rate: so many a second, whether answered or not; else one after the other.

    At a rate each wait counts from the moment at which the request was due, so that a queue shows.
    """
    run, lock, turn = Run(), threading.Lock(), itertools.count()
    lines = [_Line(port, secret) for _ in range(connections)]
    started = time.perf_counter()

    def work(line):
        while (n := next(turn)) < len(requests):
            due = started + n / rate if rate else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            status, body = line.post(requests[n])
            waited = (time.perf_counter() - due) * 1000
            with lock:
                run.milliseconds.append(waited)
                run.statuses.append(status)
                run.bodies.append(body)

    in_threads([lambda line=line: work(line) for line in lines])
    run.seconds = time.perf_counter() - started
    for line in lines:
        line.close()
    return run


def in_threads(work: Sequence[Callable[[], None]]) -> None:
    """Do several things at once, and wait for all of them. Raises what one of them raised."""
    errors: list[BaseException] = []

    def careful(do):
        try:
            do()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=careful, args=(do,)) for do in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


class _Line:
    """One kept connection. Speaks as much HTTP as is needed: a library would cost more than what is measured."""

    def __init__(self, port, secret):
        self.socket = socket.create_connection((HOST, port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = (
            f"Host: {HOST}:{port}\r\nAuthorization: Bearer {secret}\r\nContent-Type: application/json\r\n"
        )
        self.left = b""

    def post(self, request):
        head = (
            f"POST {request.path} HTTP/1.1\r\n{self.headers}Idempotency-Key: {request.key}\r\n"
            f"Content-Length: {len(request.body)}\r\n\r\n"
        )
        self.socket.sendall(head.encode() + request.body)
        head = self._until(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        if b"content-length" in fields:
            return status, self._take(int(fields[b"content-length"]))
        return status, self._chunks()

    def _chunks(self):
        body = b""
        while size := int(self._until(b"\r\n"), 16):
            body += self._take(size)
            self._take(2)
        self._take(2)
        return body

    def _until(self, mark):
        while mark not in self.left:
            self._read()
        found, _, self.left = self.left.partition(mark)
        return found

    def _take(self, size):
        while len(self.left) < size:
            self._read()
        found, self.left = self.left[:size], self.left[size:]
        return found

    def _read(self):
        part = self.socket.recv(1 << 20)
        if not part:
            raise ConnectionError("the web closed the connection")
        self.left += part

    def close(self):
        self.socket.close()
