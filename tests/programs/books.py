"""Looking at the books from outside: what was written, what an account holds, whether everything fits."""

from contextlib import contextmanager

import pytest
from django.apps import apps

from loyalty import tenancy
from loyalty.errors import Refused
from loyalty.tenancy.models import TenantModel
from programs import checking
from programs.models import Account, Entry, Lot


def rows(merchant):
    """Every row of the merchant, of every table: to compare before and after."""
    with tenancy.scope(merchant):
        return {
            model.__name__: sorted(map(str, model.objects.order_by("id").values()))
            for model in apps.get_models()
            if issubclass(model, TenantModel)
        }


@contextmanager
def refused(merchant, code, **facts):
    """The block is refused with this code and these facts, and nothing at all was written.

    The refusal is caught inside of the scope, so that what a verb had written before it would stay.
    """
    before = rows(merchant)
    with tenancy.scope(merchant), pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.code == code
    assert {name: caught.value.facts.get(name) for name in facts} == facts
    assert rows(merchant) == before


def account(merchant, member, program):
    with tenancy.scope(merchant):
        return Account.objects.get(member=member, program=program)


def entries(merchant, member, program):
    """[(kind, amount, pending amount)] of an account, oldest first."""
    with tenancy.scope(merchant):
        found = Entry.objects.filter(account__member=member, account__program=program).order_by("number")
        return list(found.values_list("kind", "amount", "pending_amount"))


def open_lots(merchant, member, program):
    """[(what is left, when it expires)], the first to expire first."""
    with tenancy.scope(merchant):
        found = Lot.objects.filter(account__member=member, account__program=program, remaining__gt=0)
        return list(found.order_by("expires_at", "id").values_list("remaining", "expires_at"))


def assert_balanced(merchant):
    with tenancy.scope(merchant):
        assert checking.check() == []
