"""Guests buy, give, return, redeem and turn out to be each other, in any order: no point appears or is lost."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from loyalty import tenancy
from loyalty.errors import Refused
from members.models import Member
from programs import adjusting, checking, settling, transferring
from programs.models import Account, Entry, Purchase, Unlock
from rewards import checkout, merging, redeeming
from rewards.models import Redemption, Reward
from tests import makers
from tests.steady import STORIES

pytestmark = pytest.mark.django_db
ANY = st.integers(0, 10**6)
STAMPS = 4


class Neighbourhood(RuleBasedStateMachine):
    """Four cards, of people who are fewer than they seem."""

    @initialize()
    def open_the_shop(self):
        self.cafe = makers.merchant()
        self.points = makers.points_program(self.cafe, rewards=[("Krapfen", 7), ("Brot", 40)])
        self.card = makers.punch_card(self.cafe, stamps_required=STAMPS)
        self.guests = [makers.member(self.cafe, f"Gast {number}") for number in range(4)]
        self.merged = 0

    def does(self, verb, **arguments):
        """Run a verb, or be refused, which writes nothing."""
        try:
            with tenancy.scope(self.cafe):
                return verb(**arguments)
        except Refused:
            return None

    def pick(self, model, which, **criteria):
        with tenancy.scope(self.cafe):
            rows = list(model.objects.filter(**criteria).order_by("id"))
        return rows[which % len(rows)] if rows else None

    def guest(self, which):
        return self.pick(Member, which, status="active")

    @rule(who=ANY, amount=st.integers(0, 6000))
    def buy(self, who, amount):
        self.does(checkout.ring_up, sale=checkout.Sale(self.guest(who), amount))

    @rule(which=ANY, amount=st.none() | st.integers(0, 3000))
    def give_back(self, which, amount):
        if purchase := self.pick(Purchase, which):
            self.does(checkout.give_back, purchase=purchase, amount_minor=amount)

    @rule(who=ANY, to=ANY, amount=st.integers(1, 60))
    def give(self, who, to, amount):
        self.does(
            transferring.transfer,
            member=self.guest(who),
            to=self.guest(to),
            program=self.points,
            amount=amount,
        )

    @rule(who=ANY, to=ANY)
    def give_a_stamp(self, who, to):
        self.does(
            transferring.transfer, member=self.guest(who), to=self.guest(to), program=self.card, amount=1
        )

    @rule(who=ANY, which=ANY)
    def redeem(self, who, which):
        self.does(redeeming.redeem, member=self.guest(who), reward=self.pick(Reward, which))

    @rule(which=ANY)
    def cancel(self, which):
        if redemption := self.pick(Redemption, which):
            self.does(redeeming.cancel, redemption=redemption)

    @rule(who=ANY, amount=st.integers(-30, 30).filter(bool))
    def correct(self, who, amount):
        self.does(
            adjusting.adjust,
            member=self.guest(who),
            program=self.points,
            amount=amount,
            reason="x",
            actor="A",
        )

    @precondition(lambda self: self.merged < 3)
    @rule(who=ANY, into=ANY)
    def merge(self, who, into):
        if self.does(merging.merge, member=self.guest(who), into=self.guest(into)):
            self.merged += 1

    @rule(days=st.integers(1, 10))
    def time_passes(self, days):
        makers.turn_to(self.cafe, self.cafe.clock_at + timedelta(days=days))
        self.does(settling.settle_due)

    @invariant()
    def the_books_are_in_order(self):
        with tenancy.scope(self.cafe):
            assert checking.check() == []

    @invariant()
    def all_that_is_there_was_earned_or_corrected_and_not_spent(self):
        with tenancy.scope(self.cafe):
            earned = sum((row.net_minor - row.refunded_minor) // 100 for row in Purchase.objects.all())
            spent = Redemption.objects.filter(status="done").aggregate(total=Sum("cost"))["total"] or 0
            corrected = Entry.objects.filter(kind="adjust").aggregate(total=Sum("amount"))["total"] or 0
            rows = Account.objects.filter(program=self.points)
            assert sum(row.balance - row.debt for row in rows) == earned + corrected - spent

    @invariant()
    def each_visit_is_a_stamp_or_part_of_a_full_card(self):
        with tenancy.scope(self.cafe):
            visits = Purchase.objects.filter(returned_at=None).count()
            full = Unlock.objects.exclude(status="withdrawn").count()
            rows = Account.objects.filter(program=self.card)
            assert sum(row.balance - row.debt for row in rows) == visits - STAMPS * full
            members = Member.objects.aggregate(total=Sum("visits"))["total"] or 0
            assert members == visits

    @invariant()
    def who_was_merged_has_nothing_left(self):
        with tenancy.scope(self.cafe):
            rows = Account.objects.filter(member__status="merged")
            assert all(
                (row.balance, row.pending, row.debt, row.next_due_at) == (0, 0, 0, None) for row in rows
            )
            assert Purchase.objects.filter(member__status="merged").count() == 0
            assert Redemption.objects.filter(member__status="merged").count() == 0


def test_no_point_appears_or_is_lost():
    run_state_machine_as_test(Neighbourhood, settings=STORIES)
