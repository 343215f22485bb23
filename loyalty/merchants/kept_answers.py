"""Answers kept for repeated requests: what they say of somebody who is to be forgotten is taken out of them.

They go by themselves after two days. Until then a repeated request must still find that it was answered, or it would
be done a second time; so the rows stay, without the words.
"""

import json
import re
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from loyalty.merchants.models import IdempotencyRecord


def forget(ids: Iterable[str], words: Iterable[str]) -> int:
    """Take these words out of the answers that name one of these public ids; return how many were changed.

    A sealed answer names nobody. Locks the answers it changes.
    """
    naming = reduce(or_, (Q(body__contains=public_id) for public_id in ids))
    # Of two words the longer first: a name may be the beginning of an address. None inside of another word: an id
    # of somebody's own may be a mere 7.
    longest_first = sorted({word for word in words if word}, key=len, reverse=True)
    hidden = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in longest_first) or r"(?!)")
    found = list(IdempotencyRecord.objects.filter(naming).select_for_update().order_by("id"))
    for record in found:
        record.body = json.dumps(_without(json.loads(record.body), hidden), ensure_ascii=False)
        record.save(update_fields=["body"])
    return len(found)


def _without(value, hidden):
    if isinstance(value, str):
        return hidden.sub("", value)
    if isinstance(value, list):
        return [_without(inner, hidden) for inner in value]
    if isinstance(value, dict):
        return {name: _without(inner, hidden) for name, inner in value.items()}
    return value
