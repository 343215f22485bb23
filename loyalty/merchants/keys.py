"""API keys: made once, shown once, found by their hash, revoked."""

import hashlib
import secrets
from functools import cache

from loyalty import clock
from loyalty.errors import NotFound
from loyalty.merchants.models import ApiKey, Merchant
from loyalty.tenancy import prepared

# Large, and of no use to a request that brings a key.
UNASKED = ("logo",)
# What a scope includes besides itself.
INCLUDES = {"admin": {"admin", "counter", "read"}, "counter": {"counter", "read"}, "read": {"read"}}


def issue(*, merchant, name, scopes=("admin",)):
    """Make a key. Returns (ApiKey, the secret); the secret is kept nowhere and cannot be shown again."""
    secret = f"{'sk_test' if merchant.is_sandbox else 'sk_live'}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        merchant=merchant,
        name=name,
        hash=digest(secret),
        hint=secret[-4:],
        scopes=list(scopes),
        created_at=clock.now(),
    )
    return key, secret


def find(secret):
    """The living key behind a secret, with its merchant, or None."""
    found = prepared.rows(_find(), digest(secret))
    if not found:
        return None
    key = prepared.instance(ApiKey, found[0][: len(ApiKey._meta.concrete_fields)])
    merchant = found[0][len(ApiKey._meta.concrete_fields) :]
    key.merchant = prepared.instance(Merchant, merchant, without=UNASKED)
    return key


@cache
def _find():
    columns = f"{prepared.columns_of(ApiKey, alias='k')}, {prepared.columns_of(Merchant, alias='m', without=UNASKED)}"
    return (
        f"SELECT {columns} FROM merchants_apikey AS k JOIN merchants_merchant AS m ON m.id = k.merchant_id"
        " WHERE k.hash = %s AND k.revoked_at IS NULL"
    )


def revoke(*, merchant, key_id):
    """Revoke a key. Doing so again changes nothing. Raises NotFound."""
    key = ApiKey.objects.filter(merchant=merchant, id=key_id).first()
    if key is None:
        raise NotFound()
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        key.save(update_fields=["revoked_at"])
    return key


def allows(key, scope):
    """Whether a key may do what asks for `scope`: admin includes counter, counter includes read."""
    return any(scope in INCLUDES[held] for held in key.scopes)


def digest(secret):
    # The secret has 256 random bits, so a plain hash cannot be guessed back, and stays an index lookup.
    return hashlib.sha256(secret.encode()).hexdigest()
