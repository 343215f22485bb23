"""The mails that the demo keeps instead of sending: read from the folder that Django's file backend writes to."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

# Django writes this line after each mail; a file holds what one connection has sent.
_SEPARATOR = b"-" * 79
_NEWEST = 200


@dataclass(frozen=True)
class Kept:
    """One mail. id: its file and its place in it, as they stand in a URL."""

    id: str
    at: datetime
    sender: str
    to: str
    subject: str
    message: EmailMessage

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    def _body(self, kind):
        part = self.message.get_body((kind,))
        return part.get_content() if part is not None else ""


def newest(folder: Path, most: int = _NEWEST) -> list[Kept]:
    """The mails of the folder, the newest first. Reads no more files than it needs."""
    found: list[Kept] = []
    for path in sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        found += reversed(list(_mails(path)))
        if len(found) >= most:
            break
    return sorted(found, key=lambda mail: mail.at, reverse=True)[:most]


def find(folder: Path, id: str) -> Kept | None:
    """The mail of an id, or None. An id never leads out of the folder."""
    name, _, place = id.rpartition("~")
    path = folder / f"{name}.log"
    if path.parent != folder or not place.isdigit() or not path.is_file():
        return None
    return next((mail for mail in _mails(path) if mail.id == id), None)


def _mails(path: Path) -> Iterator[Kept]:
    for place, raw in enumerate(path.read_bytes().split(_SEPARATOR)):
        if raw.strip():
            yield _kept(
                f"{path.stem}~{place}", email.message_from_bytes(raw.strip(), policy=email.policy.default)
            )


def _kept(id, message):
    at = parsedate_to_datetime(message["Date"]) if message["Date"] else datetime.min.replace(tzinfo=UTC)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return Kept(
        id, at, str(message["From"] or ""), str(message["To"] or ""), str(message["Subject"] or ""), message
    )
