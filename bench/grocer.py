"""A year of a real grocer through the code of the API's batch, with programs of all types, and everything compared.

Month by month: the clock is turned through all that falls due, the month's baskets are sent, and what every household
then has, and what partners owe each other, is compared with a reckoning of its own.

./run bench grocer [--households N] [--weeks N] [--batch 5000]
"""

import argparse
import sys
import time
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np

from bench import journey
from bench.services import services

OPENING = datetime(2017, 1, 1, tzinfo=ZoneInfo("America/New_York"))


def main(argv=None):
    options = _options(argv)
    with services() as where:
        from bench import grocery

        year = journey.load(options.households, options.weeks)
        print(f"{len(year.baskets):,} baskets, {len(year.lines):,} lines, on {where}")
        shops = grocery.open_shop(OPENING)
        households = year.baskets["household_id"].unique()
        with _timed(f"{len(households):,} members join"):
            grocery.let_join(shops, households)
        differences = sum(_play(grocery, shops, year, options.batch))
        with _timed("check_ledger"):
            problems = grocery.check(shops)
        for problem in problems[:20]:
            print(problem)
        print("\n".join(f"{name}: {figure:,}" for name, figure in grocery.totals(shops).items()))
        print(f"{differences} differences in the year; {len(problems)} problems in the books.")
        return 1 if differences or problems else 0


def _play(grocery, shops, year, batch):
    """The year month by month. Yields how much differs at the end of each."""
    for month, places, turned in months(grocery, shops, year, batch):
        found, cleared = grocery.standings(shops), grocery.cleared(shops, month.month)
        different = [one for one, right in month.households.items() if found.get(one) != right]
        for one in different[:5]:
            print(f"household {one}: found {found.get(one)}, deserved {month.households[one]}")
        if cleared != month.cleared:
            print(f"the settlement: found {cleared}, deserved {month.cleared}")
        tiers = ", ".join(
            f"{n:,} {name}" for name, n in _counted(one.tier for one in month.households.values())
        )
        print(
            f"{month.month}: {places:,} baskets, {turned}; {tiers}; {len(different)} households differ",
            flush=True,
        )
        yield len(different) + (cleared != month.cleared) + (found.keys() != month.households.keys())


def months(grocery, shops, year, batch):
    """Let each month happen; yield it as it should be, how many baskets it had, and what fell due, right after it."""
    from bench import reckoning

    local = year.baskets["at"].dt.tz_convert(grocery.TIMEZONE).dt.tz_localize(None).dt.to_period("M")
    for month in reckoning.months(year.baskets, grocery.TIMEZONE):
        with _timed(f"{month.month}, what fell due"):
            turned = grocery.turn_clock(shops, month.month)
        places = np.flatnonzero((local == month.month).to_numpy()).tolist()
        with _timed(f"{month.month}, the sales", len(places), int(year.baskets["size"].iloc[places].sum())):
            for _done in grocery.feed(shops, year, places, batch):
                pass
        told = ", ".join(f"{count:,} {name}" for name, count in turned.items() if count)
        yield month, len(places), told
        grocery.pay_fees(shops)
        if month.month + 1 == reckoning.CLUB_BEGINS:
            grocery.begin_club(shops)
        grocery.take_rewards(shops, month.taking)


def _counted(names):
    found = list(names)
    return [(name, found.count(name)) for name in sorted(set(found))]


def _options(argv):
    parser = argparse.ArgumentParser(prog="./run bench grocer", description=__doc__)
    parser.add_argument("--households", type=int, help="only so many (default: all 2,469)")
    parser.add_argument("--weeks", type=int, help="only the first so many (default: the whole year)")
    parser.add_argument("--batch", type=int, default=5000, help="baskets in one transaction (default: 5000)")
    return parser.parse_args(argv)


class _timed:
    """Prints how long a step took, and its rate."""

    def __init__(self, name, baskets=None, lines=None):
        self.name, self.baskets, self.lines = name, baskets, lines

    def __enter__(self):
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def __exit__(self, kind, error, trace):
        if error is not None:
            return
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        line = f"{self.name}: {wall:.1f} s, of which Python {cpu:.1f} s"
        if self.baskets:
            line += f"; {self.baskets / wall:,.0f} purchases/s, {self.lines / wall:,.0f} lines/s"
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
