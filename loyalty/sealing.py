"""What must be kept and nobody may read in the database: sealed with the installation's key."""

import base64
import hashlib
from functools import cache

from cryptography.fernet import Fernet
from django.conf import settings


def seal(text: str) -> str:
    return _key().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    return _key().decrypt(sealed.encode()).decode()


@cache
def _key():
    # The name is that of its first use: what was sealed then must still open.
    secret = hashlib.sha256(b"campaigns.sealing" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(secret))
