"""A café in Berlin, a verb that asks who is in a segment, and one that makes a rule."""

import pytest

from loyalty import tenancy
from members.segments import choosing, tree
from tests import makers


@pytest.fixture
def cafe(db):
    return makers.merchant()


@pytest.fixture
def names(cafe):
    """The names of those of whom a rule is true, now, in alphabetical order."""

    def ask(rule):
        with tenancy.scope(cafe):
            return sorted(member.name for member in choosing.matching(read(rule)))

    return ask


def read(rule):
    """A rule, or a single condition for short."""
    return tree.read({"all": [rule]} if "field" in rule else rule)
