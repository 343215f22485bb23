"""One purchase over real HTTP: with its key, idempotency, row security and rules; and PostgreSQL alone below it.

./run bench purchase [--operations N] [--members N] [--connections N] [--programs 1 3] [--external-ids]
"""

import argparse
import sys

from bench import floor, floors, measuring
from bench.figures import HEADING
from bench.processes import web
from bench.services import services


def main(argv=None):
    options = _options(argv)
    with services(durable=True) as where:
        from bench import shop

        print(f"{options.operations:,} purchases of {options.members:,} members, on {where}")
        print(HEADING)
        with web() as server:
            wrong = [n for n in options.programs if not _measure(shop, server, options, n)]
    return 1 if wrong else 0


def _measure(shop, server, options, programs):
    """All ways of one number of programs; whether the books hold what was sent."""
    of = "1 program" if programs == 1 else f"{programs} programs"
    below = shop.open_shop(members=1, programs=programs)
    measuring.send_one(server, below.secret, shop.sales(below, 1)[0])
    lowest = floor.tell(floors.of_a_purchase(below, options.members), options, of)
    measured = shop.open_shop(members=options.members, programs=programs)
    count = measuring.tell(
        server, measured.secret, options, f"purchase, {of}", lowest,
        lambda n: shop.sales(measured, n, external_ids=options.external_ids),
        lambda n: [shop.sales(measured, 1)[0] for _ in range(n)],
    )  # fmt: skip
    found, right = shop.counts(measured), shop.Counts(count, count * programs, 0, count * shop.POINTS, 0)
    print(f"{'In the books, as it should be' if found == right else f'WRONG, not {right}'}: {found}")
    return found == right


def _options(argv):
    parser = argparse.ArgumentParser(prog="./run bench purchase", description=__doc__)
    measuring.add_sizes(parser)
    parser.add_argument("--programs", type=int, nargs="+", default=[1, 3], choices=[1, 2, 3])
    parser.add_argument(
        "--external-ids", action="store_true", help="send the till's own id of each sale as well"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
