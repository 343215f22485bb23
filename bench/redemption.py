"""One redemption over real HTTP: with its key, idempotency and row security; and PostgreSQL alone below it.

./run bench redemption [--operations N] [--members N] [--connections N] [--rewards N]
"""

import argparse
import sys

from bench import floor, floors, measuring
from bench.figures import HEADING
from bench.processes import web
from bench.services import services

# What each member has to begin with, so that nobody runs out.
POINTS = 1_000_000


def main(argv=None):
    options = _options(argv)
    with services(durable=True) as where:
        from bench import shop

        print(f"{options.operations:,} redemptions of {options.members:,} members, on {where}")
        print(HEADING)
        with web() as server:
            return 0 if _measure(shop, server, options) else 1


def _measure(shop, server, options):
    below = shop.open_shop(members=1, rewards=1, points=POINTS)
    measuring.send_one(server, below.secret, shop.redemptions(below, 1)[0])
    lowest = floor.tell(floors.of_a_redemption(below, options.members), options, "1 program")
    measured = shop.open_shop(members=options.members, rewards=options.rewards, points=POINTS)
    count = measuring.tell(
        server, measured.secret, options, "redemption", lowest,
        lambda n: shop.redemptions(measured, n),
        lambda n: [shop.redemptions(measured, 1)[0] for _ in range(n)],
    )  # fmt: skip
    left = POINTS * options.members - count * shop.COST
    found, right = shop.counts(measured), shop.Counts(0, 0, count, left, 0)
    print(f"{'In the books, as it should be' if found == right else f'WRONG, not {right}'}: {found}")
    return found == right


def _options(argv):
    parser = argparse.ArgumentParser(prog="./run bench redemption", description=__doc__)
    measuring.add_sizes(parser)
    parser.add_argument("--rewards", type=int, default=10, help="that they are spread over (default: 10)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
