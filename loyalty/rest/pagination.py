"""Lists in pages: by an ordering column and the id behind it, so that rows added meanwhile shift nothing."""

import base64
import binascii
import json
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.errors import Invalid

DEFAULT, MOST = 50, 200


def page(query, rows, *, by=None):
    """One page of a queryset, newest first: (rows, next_cursor or None).

    query: the request's parameters (`limit`, `cursor`). by: a datetime column, newest first, equal ones by id;
    None: by id alone, which is the order of creation. Raises Invalid.
    """
    limit = _limit(query)
    rows = rows.order_by(f"-{by}", "-id") if by else rows.order_by("-id")
    if cursor := query.get("cursor"):
        rows = rows.filter(_behind(cursor, by))
    found = list(rows[: limit + 1])
    following = _cursor(found[limit - 1], by) if len(found) > limit else None
    return found[:limit], following


def _limit(query):
    text = query.get("limit", str(DEFAULT))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST):
        raise Invalid({"limit": [_("Write a whole number from 1 to 200.")]})
    return int(text)


def _cursor(row, by):
    place = [row.id.hex] + ([getattr(row, by).isoformat()] if by else [])
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _behind(cursor, by):
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        row_id, *moment = place
        if not by:
            return Q(id__lt=UUID(hex=row_id))
        at = datetime.fromisoformat(moment[0])
        return Q(**{f"{by}__lt": at}) | Q(**{by: at, "id__lt": UUID(hex=row_id)})
    except (ValueError, TypeError, IndexError, AttributeError, binascii.Error):
        raise Invalid({"cursor": [_("Send the next_cursor of an answer, unchanged.")]}) from None
