"""A plain model of one account: dated heaps of points, and a debt. Written apart from the kernel, to compare with.

Times are whole numbers. Nothing here is clever: every question is answered by looking at all heaps.
"""

from dataclasses import dataclass
from itertools import count

# Over all accounts, so that of two heaps the one that was made later has the higher number, wherever they lie.
NUMBERS = count()


@dataclass
class Heap:
    number: int
    earned: int
    left: int
    issued: int
    starts: int | None
    ends: int | None
    purchase: object = None
    expired: int = 0

    @property
    def waits(self):
        return self.starts is not None


class Heaps:
    def __init__(self):
        self.heaps = []
        self.debt = 0
        self.lifetime = 0

    @property
    def balance(self):
        return sum(heap.left for heap in self.heaps if not heap.waits)

    @property
    def pending(self):
        return sum(heap.left for heap in self.heaps if heap.waits)

    def add(self, amount, *, at, starts=None, ends=None, purchase=None, counts=True):
        heap = Heap(next(NUMBERS), amount, 0, at, starts, ends, purchase)
        self.heaps.append(heap)
        if starts is None:
            self._fill(heap, amount)
        else:
            heap.left = amount
        self.lifetime += amount if counts else 0
        return heap

    def spend(self, amount):
        """What was taken from which heap, or None where there is not enough."""
        return self._take(self._in_order(), amount) if amount <= self.balance else None

    def put_back(self, parts):
        for heap, amount in parts:
            self._fill(heap, amount)

    def take_back(self, amount, purchase, *, forgive):
        own = [heap for heap in self.heaps if heap.purchase == purchase]
        order = [heap for heap in own if heap.waits] + [heap for heap in self._in_order() if heap in own]
        order += [heap for heap in self._in_order() if heap not in own]
        missing = amount - sum(part for _heap, part in self._take(order, amount))
        if not forgive:
            self.debt += missing

    def give(self, amount, other):
        """The heaps that the other has for it, or None where there is not enough."""
        parts = self.spend(amount)
        if parts is None:
            return None
        return [other.add(part, at=heap.issued, ends=heap.ends, counts=False) for heap, part in parts]

    def join(self, other):
        """All that is here lies there, and what either owed is paid from both."""
        other.heaps, self.heaps = other.heaps + self.heaps, []
        other.debt, self.debt = other.debt + self.debt, 0
        other.debt -= sum(part for _heap, part in other._take(other._in_order(), other.debt))
        other.lifetime += self.lifetime

    def move_on(self, now):
        """Day after day: what starts can be spent, what ends is gone."""
        days = {heap.starts for heap in self.heaps} | {heap.ends for heap in self.heaps}
        for day in sorted(day for day in days if day is not None and day <= now):
            for heap in self.heaps:
                if heap.waits and heap.starts <= day:
                    heap.starts = None
                    waiting, heap.left = heap.left, 0
                    self._fill(heap, waiting)
            for heap in self.heaps:
                if not heap.waits and heap.ends is not None and heap.ends <= day:
                    heap.expired += heap.left
                    heap.left = 0

    def last_until(self, day):
        for heap in self.heaps:
            if heap.left and heap.ends is not None:
                heap.ends = max(heap.ends, day)

    def _fill(self, heap, amount):
        paid = min(self.debt, amount)
        self.debt -= paid
        heap.left += amount - paid

    def _take(self, order, amount):
        parts = []
        for heap in order:
            part = min(heap.left, amount)
            heap.left -= part
            amount -= part
            if part:
                parts.append((heap, part))
        return parts

    def _in_order(self):
        spendable = [heap for heap in self.heaps if not heap.waits]
        dated = sorted(
            (h for h in spendable if h.ends is not None), key=lambda h: (h.ends, h.issued, h.number)
        )
        return dated + sorted((h for h in spendable if h.ends is None), key=lambda h: (h.issued, h.number))
