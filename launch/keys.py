"""Secrets of a DATA_DIR: made once at random, readable by their owner alone."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """Django's SECRET_KEY of this DATA_DIR."""
    return _kept(data_dir / "secret_key")


def app_password(data_dir: Path) -> str:
    """The password of the runtime's database role, on a server of your own."""
    return _kept(data_dir / "database_password")


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text().strip()
