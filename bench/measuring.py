"""One operation measured over real HTTP: as fast as it goes, at half of that, and twenty at once on one member."""

import time

from bench import load
from bench.figures import Figures
from bench.processes import cpu_ms, database_pid

AT_ONCE = 20
WARMING = 100


def analyze() -> None:
    """Statistics as an installation has them: with the plans for empty tables every way would be measured wrongly."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")


def send_one(server, secret, request) -> None:
    """One request that has to be taken."""
    _all_taken(load.send(server.port, secret, [request], connections=1))


def add_sizes(parser) -> None:
    parser.add_argument("--operations", type=int, default=2000, help="requests each way (default: 2000)")
    parser.add_argument(
        "--members", type=int, default=500, help="members they are spread over (default: 500)"
    )
    parser.add_argument("--connections", type=int, default=8, help="lines kept open (default: 8)")


def tell(server, secret, options, name, floor, requests, same) -> int:
    """Measure and print an operation; how many requests were sent in all.

    floor: Figures. requests, same: functions of a number, for so many requests of all members, or of one.
    """
    warming = load.send(server.port, secret, requests(WARMING), connections=options.connections)
    _all_taken(warming)
    analyze()
    whole = _measured(server, secret, requests(options.operations), options.connections)
    print(whole.line(name, floor))
    rate = whole.run.rate / 2
    half = _measured(server, secret, requests(options.operations), options.connections * 2, rate)
    print(half.line("  at half of this rate", floor))
    count = min(options.operations, 200)
    on_one, others = _at_once(server, secret, same(AT_ONCE), requests(count))
    print(f"  {AT_ONCE} at once on one member: the last after {max(on_one.milliseconds):.0f} ms; meanwhile others' p99"
          f" {others.percentile(0.99):.0f} ms")  # fmt: skip
    return WARMING + 2 * options.operations + AT_ONCE + count


def _at_once(server, secret, same, others):
    """Requests on one member all at once, while others' go on: (those, the others')."""
    runs = {}

    def send(name, requests, connections):
        runs[name] = load.send(server.port, secret, requests, connections=connections)

    load.in_threads([lambda: send("others", others, 2), lambda: send("same", same, len(same))])
    _all_taken(runs["same"], runs["others"])
    return runs["same"], runs["others"]


def _measured(server, secret, requests, connections, rate=None):
    database = database_pid()
    before = cpu_ms(server.pid), cpu_ms(database)
    run = load.send(server.port, secret, requests, connections=connections, rate=rate)
    # A backend's ticks are counted up when it pauses.
    time.sleep(0.05)
    after = cpu_ms(server.pid), cpu_ms(database)
    _all_taken(run)
    return Figures(run, after[0] - before[0], after[1] - before[1])


def _all_taken(*runs):
    refused = [
        (status, body) for run in runs for status, body in zip(run.statuses, run.bodies, strict=True)
        if status not in (200, 201)
    ]  # fmt: skip
    if refused:
        raise SystemExit(f"{len(refused)} requests were refused. The first: {refused[0]}")
