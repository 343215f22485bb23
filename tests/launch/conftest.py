"""Embedded services of their own for tests of the launcher; no Django is involved."""

import os

import pytest

from launch.embedded import Embedded, remove_short


@pytest.fixture
def data(tmp_path_factory):
    """A DATA_DIR that the services' user can reach, whatever the modes of pytest's own folders."""
    folder = tmp_path_factory.mktemp("data")
    _open_way(folder)
    yield folder
    from launch.places import Home

    remove_short(Home(folder.resolve()))


@pytest.fixture(scope="session")
def services(tmp_path_factory):
    """One pair of services for the tests that only look."""
    folder = tmp_path_factory.mktemp("shared-data")
    _open_way(folder)
    with Embedded(folder, durable=False) as found:
        yield found
    remove_short(found.home)


def _open_way(folder):
    if os.getuid() != 0:
        return
    # Under xdist there is one folder more: up to the one that is everybody's.
    for place in (folder, *folder.parents):
        if place.stat().st_mode & 0o005 == 0o005:
            break
        place.chmod(0o755)
