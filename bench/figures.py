"""What a measurement found, and how it is told: one line a way of doing it, the floor first."""

from dataclasses import dataclass

from bench.load import Run

HEADING = f"{'':44}{'CPU ms':>8}{'client':>8}{'database':>9}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}{'× floor':>9}"


@dataclass(frozen=True)
class Figures:
    """run: how long each took. client_ms, database_ms: processor time of all of them together.

    The client is what talks to the database: pgbench below, the web above it.
    """

    run: Run
    client_ms: float
    database_ms: float

    @property
    def count(self):
        return len(self.run.milliseconds)

    @property
    def cpu_ms(self):
        """Processor time of one operation."""
        return (self.client_ms + self.database_ms) / self.count

    def line(self, name, floor=None):
        ratio = f"{self.cpu_ms / floor.cpu_ms:9.1f}" if floor else ""
        return (
            f"{name:44}{self.cpu_ms:8.2f}{self.client_ms / self.count:8.2f}{self.database_ms / self.count:9.2f}"
            f"{self.run.rate:10,.0f}{self.run.percentile(0.5):8.1f}{self.run.percentile(0.99):8.1f}{ratio}"
        )
