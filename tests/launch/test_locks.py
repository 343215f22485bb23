"""What is installed is pinned by hash, and says nothing about where it was fetched."""

import json
import re

import pytest

from launch.places import ROOT

LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


def pins(lock):
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", (ROOT / lock).read_text(), re.M))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_a_version_and_a_hash(lock):
    packages = (ROOT / lock).read_text().replace("\\\n", "").strip().splitlines()
    assert all(re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in packages)


@pytest.mark.parametrize("lock", [*LOCKS, ".npmrc"])
def test_no_address_is_recorded(lock):
    assert "://" not in (ROOT / lock).read_text()


def test_the_npm_lock_records_hashes_and_no_addresses():
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    third_party = {name: entry for name, entry in packages.items() if name and not entry.get("inBundle")}
    assert all("integrity" in entry for entry in third_party.values())
    assert not any("resolved" in entry for entry in third_party.values())


def test_the_development_lock_holds_the_first_one_at_the_same_versions():
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_nothing_that_is_asked_for_is_missing_in_the_lock(lock):
    wishes = (ROOT / lock).with_suffix(".in").read_text()
    asked = set(re.findall(r"^([a-z][a-z0-9-]*)", wishes, re.M))
    assert asked <= set(pins(lock))
