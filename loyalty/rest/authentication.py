"""Who asks: an API key, and what it may do."""

from datetime import timedelta

from django.db.models import Q
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission

from loyalty import clock
from loyalty.merchants import keys
from loyalty.merchants.models import ApiKey

# "Last used" is told by the minute, so that a busy key does not cost a write for each request.
USED_EVERY = timedelta(minutes=1)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer sk_…`. request.auth is the ApiKey, with its merchant; there is no user."""

    def authenticate(self, request):
        scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if not scheme:
            return None
        key = keys.find(secret.strip()) if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed()
        _note_use(key)
        return None, key

    def authenticate_header(self, request):
        return "Bearer"


class HasScope(BasePermission):
    """The key has the scope that the operation asks for: `read` unless its method says more."""

    def has_permission(self, request, view):
        if request.auth is None:
            return False
        handler = getattr(view, request.method.lower(), None)
        scope = getattr(handler, "scope", None)
        # A method that the path does not take is refused as such, whatever the key may do.
        return scope is None or keys.allows(request.auth, scope)


def _note_use(key):
    now = clock.now()
    if key.last_used_at is not None and now - key.last_used_at < USED_EVERY:
        return
    # Outside of the request's transaction, so that no request waits for another's to end.
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_EVERY)
    ApiKey.objects.filter(stale, id=key.id).update(last_used_at=now)
