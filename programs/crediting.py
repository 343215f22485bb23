"""What purchases give: asks the program's type, books it on the account, notes why. Used by purchases and previews."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F

from loyalty import ids, tenancy
from loyalty.tenancy import bulk
from programs import baskets, catalogue, expiry, ledger
from programs.accounts import Account, Unlock
from programs.history import History
from programs.models import Credit, Program
from programs.sheet import Source


@dataclass(slots=True)
class CreditLine:
    """What a purchase gave in one program: the stored Credit with its amount, reasons and dates."""

    program: Program
    credit: Credit

    @property
    def amount(self):
        return self.credit.amount

    @property
    def because(self):
        return self.credit.because


class Crediting:
    """The accounts of a batch, under lock, with what limits and cooldowns look at."""

    def __init__(self, sheets, histories, now, timezone):
        self.sheets = sheets
        self.histories = histories
        self.now = now
        self.timezone = timezone
        self.zone = ZoneInfo(timezone)
        self.credits: list[Credit] = []
        self.unlocks: list[Unlock] = []

    def takes_part(self, member, live):
        return (member.id, live.program.id) in self.sheets

    def credit(self, recorded, live, *, is_first):
        """Book what a purchase earns in one program; append its line, and what it unlocks, to `recorded`."""
        purchase = recorded.purchase
        live = catalogue.as_of(live, purchase.occurred_at)
        sheet = self.sheets[purchase.member_id, live.program.id]
        history = self.histories[sheet.id]
        local = purchase.occurred_at.astimezone(self.zone)
        facts = history.facts(local, is_first=is_first)
        deserved = live.type.deserve(
            live.settings, live.rules, baskets.of(purchase, local), facts, sheet.carry
        )
        credit = self._credit_row(purchase, live, sheet, deserved, facts)
        if live.type.accumulates(live.settings):
            sheet.carry = (sheet.carry + deserved.fraction) % 1
            sheet.is_changed = True
        if isinstance(live.settings.expiry, expiry.Inactivity):
            sheet.keep_alive(expiry.expires_at(live.settings.expiry, purchase.occurred_at, self.timezone))
        if credit.amount:
            self._earn(sheet, live, credit)
            history.add(local, credit.because)
        unlocks = unlock(sheet, live, at=purchase.occurred_at, purchase_id=purchase.id)
        self.unlocks.extend(unlocks)
        self.credits.append(credit)
        recorded.credits.append(CreditLine(live.program, credit))
        recorded.unlocks.extend(unlocks)

    def write(self):
        """Accounts first, then what refers to their entries."""
        ledger.save(self.sheets.values())
        bulk.insert(Credit, _CREDIT, [tuple(getattr(row, name) for name in _CREDIT) for row in self.credits])
        save_unlocks(self.unlocks)

    def _credit_row(self, purchase, live, sheet, deserved, facts):
        amount, because = live.type.fit(
            live.settings, deserved.amount, deserved.because, sheet.spendable + sheet.pending
        )
        available_at, expires_at = dates(live, purchase.occurred_at, self.timezone)
        return Credit(
            purchase_id=purchase.id, account_id=sheet.id, program_id=live.program.id, version_id=live.version_id,
            amount=amount, because=because, occurred_at=purchase.occurred_at,
            facts={"fraction": str(deserved.fraction), **facts.kept()},
            available_at=available_at if amount else None, expires_at=expires_at if amount else None,
        )  # fmt: skip

    def _earn(self, sheet, live, credit):
        # A till's clock may be a little ahead of ours: what it sends is not pending for that.
        pending = live.settings.pending_days > 0 and credit.available_at > self.now
        sheet.earn(
            credit.amount, at=credit.occurred_at,
            source=Source(purchase_id=credit.purchase_id, version_id=live.version_id),
            available_at=credit.available_at if pending else None, expires_at=credit.expires_at,
        )  # fmt: skip
        sheet.settle(self.now)


_CREDIT = ("id", "purchase_id", "account_id", "program_id", "version_id", "amount", "taken_back", "excused", "because",
           "facts", "occurred_at", "available_at", "expires_at")  # fmt: skip
_UNLOCK = ("id", "account_id", "member_id", "reward_id", "entry_id", "purchase_id", "cost", "position", "at",
           "status")  # fmt: skip


def unlock(sheet, live, *, at, purchase_id=None):
    """Turn what the balance has newly reached into unlocked rewards. Returns new Unlock rows, not yet saved.

    With `carry` a full card's stamps leave the balance at once.
    """
    unlocks = []
    for grant in live.type.grants(live.settings, sheet.unlocked_to, sheet.balance):
        source = Source(purchase_id=purchase_id, version_id=live.version_id)
        entry = sheet.burn(grant.pays, at=at, source=source) if grant.pays else None
        unlocks.append(
            Unlock(
                account_id=sheet.id,
                member_id=sheet.member_id,
                entry_id=entry.id if entry else None,
                purchase_id=purchase_id,
                at=at,
                cost=grant.cost,
                position=grant.position,
                reward_id=ids.parse("rwd", grant.reward) if grant.reward else None,
            )
        )
    sheet.unlocked_to = sheet.balance
    return unlocks


def save_unlocks(unlocks):
    bulk.insert(Unlock, _UNLOCK, [tuple(getattr(row, name) for name in _UNLOCK) for row in unlocks])


def dates(live, occurred_at, timezone):
    """When what is earned at a moment can be spent, and when it expires: (available_at, expires_at or None)."""
    available_at = occurred_at
    if live.settings.pending_days:
        day = occurred_at.astimezone(ZoneInfo(timezone)).date() + timedelta(days=live.settings.pending_days)
        available_at = expiry.midnight(day, timezone)
    return available_at, expiry.expires_at(live.settings.expiry, available_at, timezone)


def open_for(news, programs, now, *, lock=True):
    """Open the accounts of a batch's members in the given programs that they take part in."""
    timezone = tenancy.merchant().timezone
    moments = [new.occurred_at or now for new in news]
    members = {new.member.id for new in news if new.member}
    keys = _taking_part(members, programs)
    needing = {
        live.program.id for live in programs if _needs_lots(live, min(moments, default=now), now, timezone)
    }
    with_lots = {key for key in keys if key[1] in needing}
    sheets = ledger.open_sheets(keys, with_lots=with_lots, lock=lock) if keys else {}
    return Crediting(sheets, _histories(sheets, programs, moments, timezone), now, timezone)


def _taking_part(members, programs):
    """Every member takes part in a program that enrols by itself; in others, who has an account there."""
    keys = {(member, live.program.id) for member in members for live in programs if live.program.auto_enrol}
    chosen = [live.program.id for live in programs if not live.program.auto_enrol]
    if chosen and members:
        enrolled = Account.objects.filter(member_id__in=members, program_id__in=chosen)
        keys |= set(enrolled.values_list("member_id", "program_id"))
    return keys


def _needs_lots(live, first, now, timezone):
    """Whether crediting may touch older lots: it spends, it prolongs, or what it gives has expired already."""
    if live.type.spends_while_earning:
        return True
    for one in catalogue.in_force_since(live, first):
        _available_at, expires_at = dates(one, first, timezone)
        if isinstance(one.settings.expiry, expiry.Inactivity) or (
            expires_at is not None and expires_at <= now
        ):
            return True
    return False


def _histories(sheets, programs, moments, timezone):
    """What each account was given around the batch's time, as far as its program's limits look."""
    histories = defaultdict(lambda: History(timezone))
    for live in programs:
        accounts = [sheet.id for (_member, program), sheet in sheets.items() if program == live.program.id]
        if not accounts:
            continue
        versions = catalogue.in_force_since(live, min(moments))
        reach = max(one.type.looks_back(one.settings, one.rules) for one in versions)
        if not reach:
            continue
        since, until = _reach(min(moments), -reach), _reach(max(moments), reach)
        rows = Credit.objects.filter(
            account_id__in=accounts, occurred_at__range=(since, until), amount__gt=F("taken_back")
        )
        for account_id, occurred_at, because in rows.values_list("account_id", "occurred_at", "because"):
            histories[account_id].add(occurred_at.astimezone(ZoneInfo(timezone)), because)
    return histories


def _reach(moment, delta):
    try:
        return moment + delta
    except OverflowError:
        return (
            datetime.max.replace(tzinfo=moment.tzinfo)
            if delta > timedelta(0)
            else datetime.min.replace(tzinfo=moment.tzinfo)
        )
