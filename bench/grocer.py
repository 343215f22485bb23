"""A year of a real grocer through the same code as the API's batch, and every balance compared at its end.

./run bench grocer [--households N] [--weeks N] [--batch 5000]
"""

import argparse
import sys
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bench import journey
from bench.services import services

OPENING = datetime(2017, 1, 1, tzinfo=ZoneInfo("America/New_York"))
CLOSING = datetime(2018, 1, 2, tzinfo=UTC)


def main(argv=None):
    options = _options(argv)
    with services() as where:
        from bench import grocery

        year = journey.load(options.households, options.weeks)
        print(f"{len(year.baskets):,} baskets, {len(year.lines):,} lines, on {where}")
        shop = grocery.open_shop(OPENING)
        households = year.baskets["household_id"].unique()
        with _timed(f"{len(households):,} members join"):
            grocery.let_join(shop, households)
        grocery.turn_clock(shop, CLOSING)
        with _timed("the year", len(year.baskets), len(year.lines)):
            started = time.perf_counter()
            for done in grocery.feed(shop, year, options.batch):
                _progress(done, len(year.baskets), started)
        return _compare(grocery, shop, year)


def _compare(grocery, shop, year):
    with _timed("check_ledger"):
        problems = grocery.check(shop)
    with _timed("balances read"):
        found = grocery.standings(shop)
    wanted = journey.deserved(year)
    different = {one: (found.get(one), right) for one, right in wanted.items() if found.get(one) != right}
    for household, (is_there, right) in list(different.items())[:20]:
        print(f"household {household}: found {is_there}, deserved {right}")
    for problem in problems[:20]:
        print(problem)
    print("\n".join(f"{name}: {figure:,}" for name, figure in grocery.totals(shop).items()))
    print(
        f"{len(wanted):,} households compared, {len(different)} differ; {len(problems)} problems in the books."
    )
    return 1 if different or problems or found.keys() != wanted.keys() else 0


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


def _progress(done, total, started):
    seconds = time.perf_counter() - started
    left = seconds / done * (total - done)
    line = f"  {done:>8,} of {total:,}  {done / seconds:,.0f}/s  about {left:,.0f} s left"
    print(line, end="\r" if sys.stdout.isatty() else "\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
