"""Verbs that start together, each on a connection and in a transaction of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from loyalty import tenancy
from loyalty.errors import Refused


def at_once(merchant, *verbs, acting=None):
    """Run the verbs in threads; return their results or refusals, in order. Any other error is raised.

    acting: the partner that asks, in a coalition.
    """
    start = threading.Barrier(len(verbs))

    def run(verb):
        try:
            # The connection is opened before, so that what happens at once is the verbs.
            connection.ensure_connection()
            start.wait()
            with tenancy.scope(merchant, acting=acting):
                return verb()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def codes(results):
    """ "done", or the code of the refusal: sorted, to be compared."""
    return sorted(result.code if isinstance(result, Refused) else "done" for result in results)
