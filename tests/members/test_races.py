"""Two at the same moment: with real connections, and transactions that really commit."""

import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from loyalty import tenancy
from loyalty.errors import Refused
from members import consents, joining, signing_in
from members.models import CardToken, Member, SignInCode
from tests import makers


def at_once(merchant, *verbs):
    """Run the verbs in threads that start together, each in its own transaction; their results or refusals."""
    start = threading.Barrier(len(verbs))

    def run(verb):
        try:
            start.wait()
            with tenancy.scope(merchant):
                return verb()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def test_two_who_join_with_one_address_become_one_member(real_database):
    cafe = makers.merchant()
    names = ["Aylin", "AYLIN", "aylin", "Ayl"]
    joins = [lambda name=name: joining.register(name=name, email=f"{name[:3]}in@gmail.com") for name in names]
    results = at_once(cafe, *joins)
    members = [result for result in results if isinstance(result, Member)]
    refused = [result for result in results if isinstance(result, joining.AlreadyMember)]
    assert (len(members), len(refused)) == (1, 3)
    assert {refusal.member for refusal in refused} == set(members)
    with tenancy.scope(cafe):
        assert [member.email_key for member in Member.objects.all()] == ["aylin@gmail.com"]
        assert CardToken.objects.count() == 1


def test_two_batches_with_the_same_rows_make_each_member_once(real_database):
    cafe = makers.merchant()
    rows = [{"name": f"Gast {n}", "external_id": f"K-{n}"} for n in range(200)]
    results = at_once(cafe, *[lambda: joining.register_many(rows)] * 3)
    for batch in zip(*results, strict=True):
        assert len({row.member for row in batch}) == 1
        assert sorted(row.is_repeat for row in batch) == [False, True, True]
    with tenancy.scope(cafe):
        assert (Member.objects.count(), CardToken.objects.count()) == (200, 200)


def test_a_code_entered_twice_at_once_opens_once(real_database):
    cafe = makers.merchant()
    with tenancy.scope(cafe):
        ben = joining.register(name="Ben")
        code = signing_in.new_code(ben)
    results = at_once(cafe, *[lambda: signing_in.check(ben, code)] * 4)
    assert sorted(results) == [False, False, False, True]
    with tenancy.scope(cafe):
        assert SignInCode.objects.get().used_at == makers.NOON


def test_a_withdrawal_is_not_undone_by_a_confirmation_at_the_same_moment(real_database):
    cafe = makers.merchant()
    for _round in range(5):
        with tenancy.scope(cafe):
            ben = joining.register(name="Ben", consents=[{"purpose": "email_marketing", "given": True}])
        at_once(
            cafe,
            lambda ben=ben: consents.confirm(ben, "email_marketing", {}),
            lambda ben=ben: consents.withdraw(ben, "email_marketing", evidence={}),
        )
        with tenancy.scope(cafe):
            assert consents.allows(ben, "email_marketing") is False
