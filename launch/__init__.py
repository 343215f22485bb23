"""Brings an installation up from a bare checkout, with nothing but Python's standard library.

`addresses(data_dir)` and `running(data_dir)` are what settings and `manage.py` ask.
"""

from launch.embedded import running
from launch.failure import Failed
from launch.places import Addresses, Home, addresses, data_dir

__all__ = ["Addresses", "Failed", "Home", "addresses", "data_dir", "running"]
