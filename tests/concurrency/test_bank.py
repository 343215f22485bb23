"""A small bank: many tellers at the same accounts, killed in the middle, on a database that is killed as well.

They sell for money, points and gift cards, also at two partners' tills. What was acknowledged is there, once; nothing
is negative that may not be; the books add up, those of gift cards too; what partners owe each other sums to zero.
"""

import contextlib
import json
import multiprocessing
import os
import select
import signal
import tempfile
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.models import Sum

from launch.embedded import remove_short
from launch.failure import Failed
from launch.places import Home
from launch.postgres import Postgres
from loyalty import tenancy
from members.models import Member
from programs import checking
from programs.coalition import inviting, settlement
from programs.coalition.models import Posting
from programs.models import Account, Credit, Entry, Program, Purchase, Refund, Unlock
from rewards import catalogue
from rewards.gift_cards import checking as gift_card_checking
from rewards.gift_cards import issuing
from rewards.gift_cards.models import GiftCard, GiftCardEntry
from rewards.models import Redemption
from tests import makers
from tests.concurrency import tellers

TELLERS = 8
STAMPS = 4
TIERS = {"Bronze": 0, "Silber": 3_000, "Gold": 9_000}
ON_GIFT_CARDS = (6_000, 9_000, 3_000)
# After so many answers a teller is killed; after so many more the database.
TELLERS_DIE_AT = (60, 90)
DATABASE_DIES_AT = 130
PATIENCE_SECONDS = 120


class Bank:
    """A PostgreSQL of its own, on which nothing is spared: fsync is on."""

    def __init__(self, folder):
        self.server = Postgres(Home(folder), durable=True)
        (folder / "logs").mkdir()
        self.pid = self.server.start()

    def kill(self):
        """As when somebody pulls the plug of the container: the postmaster and all its children at once."""
        children = [
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and _parent(entry) == self.pid
        ]
        for pid in [self.pid, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.server.process.wait()

    def restart(self):
        # It refuses while the last of the killed still holds the shared memory.
        for _attempt in range(20):
            with contextlib.suppress(Failed):
                self.pid = self.server.start()
                return
        raise AssertionError("the database did not come back")


def _parent(entry):
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


@pytest.fixture
def bank(django_db_setup, django_db_blocker):
    """The Bank; Django's connections point to it during the test."""
    with tempfile.TemporaryDirectory(prefix="stammgast-bank-") as name, django_db_blocker.unblock():
        folder = Path(name)
        folder.chmod(0o711)
        bank = Bank(folder)
        usual = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
        for alias, role in (("default", "stammgast_app"), ("owner", "stammgast_owner")):
            connections[alias].close()
            here = {
                "NAME": "stammgast",
                "USER": role,
                "HOST": str(bank.server.home.sockets),
                "PORT": "",
                "PASSWORD": "",
            }
            connections[alias].settings_dict |= here
        call_command("migrate", database="owner", verbosity=0)
        try:
            yield bank
        finally:
            for alias, settings in usual.items():
                connections[alias].close()
                connections[alias].settings_dict |= settings
            bank.server.stop()
            remove_short(bank.server.home)


class Counters:
    """The tellers at work: started, killed, heard."""

    def __init__(self, merchant_id, partners):
        self.merchant_id, self.partners = merchant_id, partners
        self.heard, told = os.pipe()
        self.told = told
        self.processes, self.gates = [], []

    def start(self):
        waits, go = os.pipe()
        desk = tellers.Desk(len(self.processes), self.merchant_id, self.told, waits, self.partners)
        process = multiprocessing.get_context("fork").Process(target=tellers.work, args=(desk,))
        process.start()
        self.processes.append(process)
        self.gates.append((waits, go))
        return desk.number

    def kill(self, number):
        self.processes[number].kill()
        self.processes[number].join()

    def let_go(self):
        for _waits, go in self.gates:
            os.write(go, b"!")

    def answers(self):
        """What the tellers tell, until every one that lives has finished."""
        rest = b""
        while True:
            ready, _, _ = select.select([self.heard], [], [], PATIENCE_SECONDS)
            assert ready, "the tellers have fallen silent"
            *lines, rest = (rest + os.read(self.heard, 65536)).split(b"\n")
            for line in lines:
                yield json.loads(line)

    def close(self):
        for process in self.processes:
            process.kill()
            process.join()
        for end in [self.heard, self.told, *(end for gate in self.gates for end in gate)]:
            os.close(end)


def open_shop():
    """The shop, and the ids of two partners."""
    cafe, partners = makers.merchant(), [makers.merchant(name) for name in ("Anna", "Bert")]
    as_money = {"redeem": {"step": 5, "minimum": 5}}
    makers.points_program(cafe, rewards=[("Krapfen", 20), ("Brot", 45)], **as_money)
    makers.punch_card(cafe, stamps_required=STAMPS)
    with tenancy.scope(cafe):
        tiers = [{"name": name, "threshold": threshold} for name, threshold in TIERS.items()]
        tiers[2]["entry_reward"] = {"name": "Willkommen in Gold"}
        catalogue.create_program(type="tiered", name="Stufen", settings={"tiers": tiers})
        street = catalogue.create_program(
            type="coalition", name="Straße", settings=as_money | {"fee_percent": "2"}
        )
        catalogue.create_reward(program=street, name="Blumen", cost=15)
        for partner in partners:
            inviting.accept(inviting.invite(street, partner.public_id))
        for balance in ON_GIFT_CARDS:
            issuing.issue(balance_minor=balance)
    for number in range(6):
        makers.member(cafe, f"Gast {number}")
    connections.close_all()
    return cafe, tuple(partner.id for partner in partners)


def play(bank, counters):
    """Let them work; kill some of them, then the database; return everything that was acknowledged."""
    for _ in range(TELLERS):
        counters.start()
    living, answers, answered = set(range(TELLERS)), [], 0
    for answer in counters.answers():
        assert answer["kind"] != "broken", answer
        answers.append(answer)
        if answer["kind"] == "finished":
            living.discard(answer["teller"])
        elif answer["kind"] != "lost":
            answered += 1
            happen(answered, bank, counters, living)
        if not living:
            return answers
    raise AssertionError


def happen(answered, bank, counters, living):
    if answered in TELLERS_DIE_AT:
        dying = min(living)
        counters.kill(dying)
        living.discard(dying)
        living.add(counters.start())
    if answered == DATABASE_DIES_AT:
        bank.kill()
        bank.restart()
        counters.let_go()


def test_what_was_acknowledged_is_there_once_whoever_was_killed(bank):
    cafe, partners = open_shop()
    counters = Counters(cafe.id, partners)
    try:
        answers = play(bank, counters)
    finally:
        counters.close()
    assert sum(answer["kind"] == "lost" for answer in answers) > 0, (
        "the database was killed under their hands"
    )
    assert sum(answer.get("repeat", False) for answer in answers) > 0
    with tenancy.scope(cafe):
        acknowledged_is_there(answers)
        figures_follow_from_what_happened()
        gift_cards_hold_what_they_did_not_pay()
        partners_are_even()
        assert checking.check() == []
        assert gift_card_checking.check() == []


def of_kind(answers, kind):
    return [answer for answer in answers if answer["kind"] == kind and "refused" not in answer]


def acknowledged_is_there(answers):
    bought = of_kind(answers, "buy")
    stored = {row.external_id: str(row.id) for row in Purchase.objects.all()}
    assert {(answer["external_id"], answer["id"]) for answer in bought} <= set(stored.items())
    assert len(stored) == Purchase.objects.count()
    first_times = [answer["external_id"] for answer in bought if not answer["repeat"]]
    assert len(first_times) == len(set(first_times)), "nobody else was told to be the first"
    for kind, model in (("give_back", Refund), ("redeem", Redemption)):
        told = [answer["id"] for answer in of_kind(answers, kind)]
        assert len(told) == len(set(told))
        assert set(told) <= {str(key) for key in model.objects.values_list("id", flat=True)}
    cancelled = {
        str(key) for key in Redemption.objects.filter(status="cancelled").values_list("id", flat=True)
    }
    assert {answer["id"] for answer in of_kind(answers, "cancel")} <= cancelled


def figures_follow_from_what_happened():
    """The accounts, computed once more from purchases, refunds and redemptions alone."""
    for purchase in Purchase.objects.all():
        refunds = Refund.objects.filter(purchase=purchase).aggregate(Sum("amount_minor"))
        assert purchase.refunded_minor == (refunds["amount_minor__sum"] or 0)
    for member in Member.objects.all():
        kept = list(Purchase.objects.filter(member=member))
        own = [one for one in kept if one.partner_id is None]
        visits = [one for one in kept if one.returned_at is None]
        assert member.visits == len(visits)
        for kind, earning in (("points", own), ("coalition", kept)):
            account = Account.objects.get(member=member, program__type=kind)
            earned = sum((one.net_minor - one.refunded_minor) // 100 for one in earning)
            assert account.balance - account.debt == earned - spent(account.program, member, visits)
        card = Account.objects.get(member=member, program__type="punch_card")
        full = Unlock.objects.filter(account=card).exclude(status="withdrawn").count()
        stamps = sum(one.partner_id is None for one in visits)
        assert card.balance - card.debt == stamps - STAMPS * full
        tier = Account.objects.get(member=member, program__type="tiered")
        assert tier.qualifying == sum(one.net_minor - one.refunded_minor for one in own)
        assert tier.level == [name for name, threshold in TIERS.items() if threshold <= tier.qualifying][-1]
        golden = Unlock.objects.filter(account=tier, level="Gold").exclude(status="withdrawn")
        assert golden.count() == (tier.level == "Gold")


def spent(program, member, visits):
    """Points of a member that were redeemed, or paid for a part of purchases that were not returned."""
    taken = Redemption.objects.filter(member=member, status="done", reward__program=program)
    labels = [label for one in visits for label in one.discounts if label.get("program") == program.public_id]
    return sum(taken.values_list("cost", flat=True)) + sum(label["points"] for label in labels)


def gift_cards_hold_what_they_did_not_pay():
    paid = GiftCardEntry.objects.filter(kind="charge", purchase__returned_at=None).values_list(
        "amount_minor", flat=True
    )
    assert len(paid) > 0
    assert sum(GiftCard.objects.values_list("balance_minor", flat=True)) == sum(ON_GIFT_CARDS) + sum(paid)
    for purchase in Purchase.objects.all():
        charged = GiftCardEntry.objects.filter(purchase=purchase, kind="charge").aggregate(
            total=Sum("amount_minor")
        )
        assert -(charged["total"] or 0) <= purchase.net_minor


def partners_are_even():
    """A point is worth a cent: the float has what cards still hold, and all nets together are nothing."""
    street = Program.objects.get(type="coalition")
    first = street.created_at.date().replace(day=1)
    month = settlement.of_month(street, first)
    assert sum(one.net_minor for one in month.partners) + month.fee_minor + month.float_minor == 0
    held = Account.objects.filter(program=street).aggregate(balance=Sum("balance"), debt=Sum("debt"))
    assert month.float_minor == held["balance"] - held["debt"]
    assert Posting.objects.filter(kind="redeem").exclude(payee_id=tenancy.merchant_id()).exists()
    left = sum(credit.amount - credit.taken_back for credit in Credit.objects.filter(program=street))
    assert sum(one.issued_points for one in month.partners) == left
    assert Entry.objects.filter(kind="redeem", purchase_id__isnull=False).exists()
