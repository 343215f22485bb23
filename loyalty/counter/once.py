"""Each tap counts once: its answer is kept under its key, and sent again when the tap is sent again."""

import json
from collections.abc import Callable

from django.db import transaction

from loyalty.counter import tells
from loyalty.counter.tells import Told
from loyalty.errors import Conflict, Refused
from loyalty.merchants.models import Device, IdempotencyRecord


def once(device: Device, key: str, work: Callable[[], Told]) -> Told:
    """Do `work` and keep what it tells; for a key that is known return what was told then.

    A second request with the same key waits until the first has committed. A key belongs to its device.
    What `work` raises (Declined, Refused) undoes what it wrote, and is told as a refusal; so that a refusal
    too is the same when the tap is sent again. Only a Conflict is forgotten: the next try may succeed.
    """
    kept = IdempotencyRecord(
        key=_name(device, key), fingerprint="counter", status=200, body="{}", content_type="application/json"
    )
    IdempotencyRecord.objects.bulk_create([kept], ignore_conflicts=True)
    first = IdempotencyRecord.objects.get(key=kept.key)
    if first.id != kept.id:
        return json.loads(first.body)
    now_told = _do(work)
    if now_told["outcome"] == "conflict":
        first.delete()
        return now_told | {"outcome": "refused"}
    change(first, now_told)
    return now_told


def _do(work):
    try:
        with transaction.atomic():
            return work()
    except tells.Declined as declined:
        return declined.told
    except Conflict as conflict:
        return tells.refusal(conflict) | {"outcome": "conflict"}
    except Refused as refused:
        return tells.refusal(refused)


def of(device: Device, key: str) -> IdempotencyRecord | None:
    """What was done under a key, locked until commit; None for a key that this device never used."""
    return IdempotencyRecord.objects.select_for_update().filter(key=_name(device, key)).first()


def told(device: Device, key: str) -> Told | None:
    """What is told under a key; None for a key that this device never used, or so long ago that it is forgotten."""
    record = IdempotencyRecord.objects.filter(key=_name(device, key)).first()
    return json.loads(record.body) if record else None


def change(record: IdempotencyRecord, told: Told) -> None:
    """From now on the key is answered with this."""
    record.body = json.dumps(told)
    record.save(update_fields=["body"])


def _name(device, key):
    return f"counter {device.id.hex} {key}"[:255]
