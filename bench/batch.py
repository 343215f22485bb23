"""Many purchases in one request over real HTTP, with rules and row security; and COPY of the same rows below it.

./run bench batch [--purchases 10000] [--members N] [--programs 1 3] [--repeat 3]
"""

import argparse
import json
import statistics
import sys
from uuid import uuid4

from bench import copying, load, measuring
from bench.processes import cpu_ms, database_pid, web
from bench.services import services

HEADING = f"{'':32}{'seconds':>9}{'a second':>10}{'CPU µs':>8}{'web':>8}{'database':>9}{'of COPY':>9}"


def main(argv=None):
    options = _options(argv)
    with services(durable=True) as where:
        from bench import shop

        print(f"{options.purchases:,} purchases of {options.members:,} members in one request, on {where}")
        print(HEADING)
        with web() as server:
            wrong = [n for n in options.programs if not _measure(shop, server, options, n)]
    return 1 if wrong else 0


def _measure(shop, server, options, programs):
    """So many batches, each with its own COPY; whether the books hold what was sent."""
    of = "1 program" if programs == 1 else f"{programs} programs"
    shares, right = [], True
    for _ in range(options.repeat):
        measured = shop.open_shop(members=options.members, programs=programs)
        _send(server, measured, [shop.sale(measured, n) for n in range(10)])
        right &= _told(shop, measured, 10, programs)
        measuring.analyze()
        before = cpu_ms(server.pid), cpu_ms(database_pid())
        sales = [shop.sale(measured, n) for n in range(options.purchases)]
        seconds = _send(server, measured, sales)
        web_ms, database_ms = cpu_ms(server.pid) - before[0], cpu_ms(database_pid()) - before[1]
        right &= _told(shop, measured, 10 + options.purchases, programs)
        copied = copying.copy(measured.merchant.id)
        # The ten that warmed it up are copied as well.
        share = copied.seconds * options.purchases / (options.purchases + 10) / seconds
        shares.append(share)
        print(_line(f"COPY, {of}, {copied.rows:,} rows", options.purchases + 10, copied.seconds, 0,
                    copied.database_ms))  # fmt: skip
        print(f"{_line(f'batch, {of}', options.purchases, seconds, web_ms, database_ms)}{share:9.0%}")
    print(f"  {of}: {statistics.median(shares):.0%} of the rate of COPY (median of {len(shares)})")
    return right


def _send(server, measured, sales):
    """One batch that has to be taken whole; the seconds it took."""
    request = load.Request("/api/v1/purchases/batch", json.dumps({"purchases": sales}).encode(), uuid4().hex)
    run = load.send(server.port, measured.secret, [request], connections=1)
    results = json.loads(run.bodies[0]).get("results", []) if run.statuses == [200] else []
    if [one["status"] for one in results] != [201] * len(sales):
        raise SystemExit(f"The batch was not taken: {run.statuses[0]} {run.bodies[0][:300]!r}")
    return run.seconds


def _told(shop, measured, count, programs):
    found, right = shop.counts(measured), shop.Counts(count, count * programs, 0, count * shop.POINTS, 0)
    if found != right:
        print(f"WRONG in the books: {found}, not {right}")
    return found == right


def _line(name, count, seconds, web_ms, database_ms):
    each = 1000 / count
    return (
        f"{name:32}{seconds:9.2f}{count / seconds:10,.0f}{(web_ms + database_ms) * each:8.0f}{web_ms * each:8.0f}"
        f"{database_ms * each:9.0f}"
    )


def _options(argv):
    parser = argparse.ArgumentParser(prog="./run bench batch", description=__doc__)
    parser.add_argument(
        "--purchases", type=int, default=10_000, help="in one request (default: 10000, the most)"
    )
    parser.add_argument(
        "--members", type=int, default=2000, help="members they are spread over (default: 2000)"
    )
    parser.add_argument("--programs", type=int, nargs="+", default=[1, 3], choices=[1, 2, 3])
    parser.add_argument("--repeat", type=int, default=3, help="batches, the median counts (default: 3)")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
