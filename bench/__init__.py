"""Measurements, each run by hand: `./run bench NAME`. Their figures stand in docs/operating.md."""
