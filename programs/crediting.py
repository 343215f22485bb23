"""What purchases give: asks the program's type, books it on the account, notes why. Used by purchases and previews."""

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from loyalty import tenancy
from loyalty.tenancy import bulk, prepared
from members.models import Member
from members.segments import choosing
from programs import budgets, catalogue, expiry, ledger, lots, referring, reviewing, unlocking
from programs.accounts import Account, Unlock
from programs.catalogue import Live
from programs.coalition import allowances, terms
from programs.earning import Basket
from programs.history import History
from programs.models import Credit, Program, Purchase
from programs.sheet import Sheet, Source
from programs.types.base import Benefits


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


@dataclass(frozen=True, slots=True)
class Held:
    """What a member has in a program when a purchase comes: the program as it was then, the account's sheet, its level
    (before the purchase) and what that brings."""

    live: Live
    sheet: Sheet
    level: str
    benefits: Benefits

    @property
    def name(self):
        return self.level or self.live.program.name


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase on its way through the programs: what is the same for all of them.

    held: what the member has in each program. is_first: the member's first purchase. is_referred: somebody brought the
    member. discounts: {program id: rows about the standing discounts it gave}.
    """

    purchase: Purchase
    local: datetime
    basket: Basket
    held: list[Held]
    is_first: bool
    is_referred: bool
    discounts: dict

    def facts(self, of, facts, segments):
        """The facts for one program (a Held), with what is known of the member beside what was given before."""
        boosts = tuple(
            (held.name, str(held.benefits.multiplier))
            for held in self.held
            if held.benefits.multiplier != 1 and (held.benefits.for_all_programs or held is of)
        )
        return replace(
            facts, level=of.level, levels=tuple(held.level for held in self.held if held.level), boosts=boosts,
            is_referred=self.is_referred, segments=segments,
            discounts=tuple(self.discounts.get(of.live.program.id, ())),
        )  # fmt: skip


class Crediting:
    """The accounts of a batch, under lock, with what limits, cooldowns, levels and budgets look at."""

    def __init__(self, programs, sheets, histories, budgets, segments, now, timezone):
        """segments: {member id: public ids of those of the rules' segments that the member is in}."""
        self.programs = programs
        self.sheets = sheets
        self.histories = histories
        self.budgets = budgets
        self.segments = segments
        self.now = now
        self.timezone = timezone
        self.zone = ZoneInfo(timezone)
        # False in a preview, which counts nothing as given.
        self.is_for_good = True
        self.review = reviewing.Review()
        self.credits: list[Credit] = []
        self.unlocks: list[Unlock] = []
        self.referrals = referring.Referrals(now, timezone)
        self.review.settle(sheets.values(), {live.program.id: live for live in programs})

    def held(self, member_id, at, partner=None) -> list[Held]:
        """The programs that a member takes part in and that run at a moment, as they were then, with their levels.

        partner: at a coalition's partner only what is shared counts.
        """
        found = []
        for live in self.programs:
            sheet = self.sheets.get((member_id, live.program.id))
            if sheet is not None and catalogue.runs_at(live, at) and (partner is None or live.type.is_shared):
                sold = terms.sold_at(catalogue.as_of(live, at), partner, min(at, self.now))
                if sold is not None:
                    level = sold.type.held_level(sold.settings, sheet.level)
                    found.append(Held(sold, sheet, level, sold.type.benefits(sold.settings, level)))
        return found

    def credit(self, recorded, bought, held):
        """Book what a purchase earns in one program; append its line, and what it unlocks, to `recorded`."""
        live, sheet = held.live, held.sheet
        purchase, history = bought.purchase, self.histories[sheet.id]
        challenges = [rule for rule in live.rules if rule.when.event == "challenge"]
        known = history.facts(bought.local, is_first=bought.is_first, challenges=challenges)
        facts = bought.facts(held, self.budgets.told(known, live.rules), self._segments_of(sheet))
        deserved = live.type.deserve(live.settings, live.rules, bought.basket, facts, sheet.carry)
        credit = self._credit_row(purchase, live, sheet, deserved, facts)
        credit.qualifies = live.type.qualifies(live.settings, bought.basket, credit.amount)
        self.budgets.take(credit.because)
        if live.type.accumulates(live.settings):
            sheet.carry = (sheet.carry + deserved.fraction) % 1
            sheet.is_changed = True
        if isinstance(live.settings.expiry, expiry.Inactivity):
            sheet.keep_alive(expiry.expires_at(live.settings.expiry, purchase.occurred_at, self.timezone))
        if credit.amount:
            self._earn(sheet, live, credit)
        history.add(bought.local, credit.because)
        unlocks = unlocking.unlock(sheet, live, at=purchase.occurred_at, purchase_id=purchase.id)
        if live.type.has_tiers:
            self.review.count(sheet, live, credit.qualifies, purchase.occurred_at, purchase.id)
        self.unlocks.extend(unlocks)
        self.credits.append(credit)
        recorded.credits.append(CreditLine(live.program, credit))
        recorded.unlocks.extend(unlocks)

    def refer(self, bought, live, referrer_id):
        """Give whoever brought the member what the program's referral rules promise for the first purchase."""
        sheet = self.sheets.get((referrer_id, live.program.id))
        rows = {row["rule"]: row for row in self.credits[-1].because}
        for rule in live.rules:
            if sheet and rule.when.event == "referral" and rows[rule.key]["code"] == "rule":
                when = dates(live, bought.purchase.occurred_at, self.timezone)
                self.referrals.give(sheet, live, rule, bought.purchase, dates=when, budgets=self.budgets)

    def write(self):
        """Accounts first, then what refers to their entries. Returns the entry rewards of tiers newly reached."""
        ledger.save(self.sheets.values())
        bulk.insert(Credit, _CREDIT, [tuple(getattr(row, name) for name in _CREDIT) for row in self.credits])
        unlocking.save([*self.unlocks, *self.referrals.unlocks])
        self.referrals.save()
        self.budgets.save()
        return self.review.save()

    def _segments_of(self, sheet):
        return tuple(sorted(self.segments.get(sheet.member_id, ())))

    def _credit_row(self, purchase, live, sheet, deserved, facts):
        amount, because = live.type.fit(
            live.settings, deserved.amount, deserved.because, sheet.spendable + sheet.pending
        )
        amount, because = allowances.trim(live, purchase, amount, because, lock=self.is_for_good)
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


_CREDIT = ("id", "purchase_id", "account_id", "program_id", "version_id", "amount", "taken_back", "excused",
           "qualifies", "because", "facts", "occurred_at", "available_at", "expires_at")  # fmt: skip


def dates(live, occurred_at, timezone):
    """When what is earned at a moment can be spent, and when it expires: (available_at, expires_at or None)."""
    available_at = occurred_at
    if live.settings.pending_days:
        day = occurred_at.astimezone(ZoneInfo(timezone)).date() + timedelta(days=live.settings.pending_days)
        available_at = expiry.midnight(day, timezone)
    return available_at, expiry.expires_at(live.settings.expiry, available_at, timezone)


def open_for(news, programs, now, *, lock=True):
    """Open the accounts of a batch's members in the given programs that they take part in.

    Where somebody was brought by a friend and buys for the first time, the friend's accounts are opened as well.
    """
    timezone = tenancy.merchant().timezone
    moments = [new.occurred_at or now for new in news]
    members = {new.member.id for new in news if new.member}
    friends = _active(referrers(news) - members)
    keys = _taking_part(members | friends, programs)
    if friends:
        rewarding = {live.program.id for live in programs if _rewards_friends(live)}
        keys = {key for key in keys if key[0] in members or key[1] in rewarding}
    first = min(moments, default=now)
    needing = {live.program.id for live in programs if _needs_lots(live, first, now, timezone)}
    paying = {(new.member.id, new.points.program_id) for new in news if new.member and new.points}
    with_lots = {key for key in keys if key[1] in needing} | (paying & keys)
    sheets = ledger.open_sheets(keys, with_lots=with_lots, lock=lock) if keys else {}
    opened = Crediting(
        programs, sheets, _histories(sheets, programs, moments, timezone), budgets.open_for(programs, lock=lock),
        _segments(programs, members), now, timezone,
    )  # fmt: skip
    opened.is_for_good = lock
    return opened


def referrers(news):
    """Who brought those of a batch's members that have not bought yet."""
    return {new.member.referred_by_id for new in news if new.member and not new.member.visits} - {None}


def _active(friends):
    """Who has left is not rewarded any more."""
    if not friends:
        return friends
    rows = Member.objects.filter(id__in=friends, status=Member.Status.ACTIVE)
    return set(rows.values_list("id", flat=True))


def _rewards_friends(live):
    return any(rule.when.event == "referral" for rule in live.rules)


def _segments(programs, members):
    """Which of the segments that rules name each member is in. Nothing is asked where no rule names any."""
    named = {segment for live in programs for rule in live.rules for segment in rule.if_.segments}
    return choosing.among(named, members) if named and members else {}


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
        expires_at = lots.ends_at(expires_at, live.program.redeem_until)
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
        # For a challenge a visit counts that gave nothing.
        is_challenged = any(rule.when.event == "challenge" for one in versions for rule in one.rules)
        sql = _GIVEN + (_NOT_RETURNED if is_challenged else " AND c.amount > c.taken_back")
        for account_id, occurred_at, because in prepared.rows(
            sql, tenancy.merchant_id(), accounts, since, until
        ):
            histories[account_id].add(occurred_at.astimezone(ZoneInfo(timezone)), json.loads(because))
    return histories


_GIVEN = (
    "SELECT c.account_id, c.occurred_at, c.because FROM programs_credit AS c"
    " WHERE c.merchant_id = %s AND c.account_id = ANY(%s::uuid[]) AND c.occurred_at BETWEEN %s AND %s"
)
_NOT_RETURNED = (
    " AND EXISTS (SELECT FROM programs_purchase AS p WHERE p.merchant_id = c.merchant_id AND p.id = c.purchase_id"
    " AND p.returned_at IS NULL)"
)


def _reach(moment, delta):
    try:
        return moment + delta
    except OverflowError:
        return (
            datetime.max.replace(tzinfo=moment.tzinfo)
            if delta > timedelta(0)
            else datetime.min.replace(tzinfo=moment.tzinfo)
        )
