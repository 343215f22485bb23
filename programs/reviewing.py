"""Tiers are reviewed: at each purchase, at each refund, and when something stops counting or a grace ends.

What is decided is said by the pure `programs/tiers.py`; here it is asked at the right moments, and noted.
Rule: docs/rules/tiers.md, "Reviews".
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from loyalty import clock, ids, tenancy
from loyalty.events.models import Event
from loyalty.tenancy import bulk
from programs import catalogue, ledger, tiers, unlocking
from programs.accounts import Account, LevelChange, Unlock
from programs.models import Credit, Program

REACHED, LOST, REFUNDED = "reached", "lost", "refunded"


@dataclass(slots=True)
class Review:
    """What reviews have found: rows to be saved along with the sheets. granted: entry rewards reached on the way."""

    changes: list[tuple] = field(default_factory=list)
    news: list[tuple] = field(default_factory=list)
    granted: list[tuple] = field(default_factory=list)

    def count(self, sheet, live, qualifies, occurred_at, purchase_id=None):
        """A purchase counts for something more: look whether a tier is reached. Up only, or out of a grace."""
        scheme = _scheme(live)
        until = scheme.counts_until(occurred_at)
        if qualifies and (until is None or until > clock.now()):
            sheet.qualifying += qualifies
            sheet.is_changed = True
            if until and (sheet.review_at is None or until < sheet.review_at):
                sheet.review_at = until
        self._look(sheet, live, scheme, occurred_at, purchase_id)

    def settle(self, sheets, programs):
        """Let happen what is due by now on these sheets, at its own moments. programs: {program id: Live}."""
        now = clock.now()
        due = [sheet for sheet in sheets if sheet.review_at is not None and sheet.review_at <= now]
        counted = _counted(due)
        for sheet in due:
            self._replay(sheet, programs[sheet.program_id], counted[sheet.id], now)

    def after_refund(self, sheet, live, purchase):
        """A purchase counts for less: its tier is lost at once if it was not deserved without it. Returns lost names.

        Otherwise, if the tier was held for what came before or after, things go their usual way.
        """
        now, scheme = clock.now(), _scheme(live)
        counted = _counted([sheet])[sheet.id]
        sheet.qualifying = _value(scheme, counted, now)
        sheet.is_changed = True
        held = live.type.place(live.settings, sheet.level)
        if self._was_owed_to(purchase, sheet, scheme, held, counted):
            then = _value(scheme, counted, sheet.level_since_at)
            target = tiers.reached(scheme.thresholds, max(then, sheet.qualifying))
            self._change(sheet, live, tiers.Holding(target), now, REFUNDED, purchase.id)
        else:
            self._look(sheet, live, scheme, now)
        _look_ahead(sheet, scheme, counted, now)
        kept = live.type.place(live.settings, sheet.level)
        return [tier.name for tier in live.settings.tiers[kept + 1 : held + 1]]

    def save(self):
        """Write what was found, after the sheets. Returns the new unlocks."""
        bulk.insert(LevelChange, _CHANGE, self.changes)
        bulk.insert(Event, ("id", "kind", "member_id", "payload", "at"), self.news)
        unlocks = list(self._unlocks())
        unlocking.save(unlocks)
        self.changes, self.news, self.granted = [], [], []
        return unlocks

    def _was_owed_to(self, purchase, sheet, scheme, held, counted):
        """Whether a tier was reached by means of a purchase, and would not have been, nor would be now, without it."""
        since = sheet.level_since_at
        if held == tiers.NONE or since is None or purchase.occurred_at > since:
            return False
        until = scheme.counts_until(purchase.occurred_at)
        needed = scheme.thresholds[held]
        counted_then = until is None or until > since
        return counted_then and sheet.qualifying < needed and _value(scheme, counted, since) < needed

    def _replay(self, sheet, live, counted, now):
        while sheet.review_at is not None and sheet.review_at <= now:
            moment = sheet.review_at
            as_of = catalogue.as_of(live, moment)
            scheme = _scheme(as_of)
            sheet.qualifying = _value(scheme, counted, moment)
            sheet.is_changed = True
            self._look(sheet, as_of, scheme, moment)
            _look_ahead(sheet, scheme, counted, moment)

    def _look(self, sheet, live, scheme, at, purchase_id=None):
        held = tiers.Holding(live.type.place(live.settings, sheet.level), sheet.level_until_at)
        holding = tiers.look(scheme, held, sheet.qualifying, at)
        if holding == held and live.type.level(live.settings, held.tier) == sheet.level:
            return
        if holding.tier == held.tier and holding.grace_until and not held.grace_until:
            self._tell("tier.at_risk", sheet, at, until=holding.grace_until.isoformat())
        self._change(sheet, live, holding, at, REACHED if holding.tier > held.tier else LOST, purchase_id)

    def _change(self, sheet, live, holding, at, reason, purchase_id=None):
        before = live.type.place(live.settings, sheet.level)
        old, new = sheet.level, live.type.level(live.settings, holding.tier)
        sheet.level_until_at, sheet.is_changed = holding.grace_until, True
        if holding.grace_until and (sheet.review_at is None or holding.grace_until < sheet.review_at):
            sheet.review_at = holding.grace_until
        if new == old:
            return
        sheet.level, sheet.level_since_at = new, at
        self.changes.append((ids.new(), sheet.id, old, new, reason, at, purchase_id))
        if holding.tier > before:
            self.granted += [
                (sheet, grant, at, purchase_id)
                for grant in live.type.entry_grants(live.settings, before, holding.tier)
            ]
        # Nobody needs to be told of the tier that everybody has from the beginning.
        if old or live.settings.tiers[holding.tier].threshold > 0:
            self._tell(
                "tier.reached" if holding.tier > before else "tier.lost", sheet, at, before=old, after=new
            )

    def _tell(self, kind, sheet, at, **facts):
        payload = {
            "member": ids.public("mem", sheet.member_id),
            "program": ids.public("prg", sheet.program_id),
            "tier": sheet.level,
            **facts,
        }
        self.news.append((ids.new(), kind, sheet.member_id, payload, at))

    def _unlocks(self):
        """The entry rewards reached, each once for an account unless it was withdrawn."""
        accounts = {sheet.id for sheet, *_rest in self.granted}
        had = set()
        if accounts:
            rows = Unlock.objects.filter(account_id__in=accounts, as_voucher=True).exclude(level="")
            had = set(rows.exclude(status=Unlock.Status.WITHDRAWN).values_list("account_id", "level"))
        for sheet, grant, at, purchase_id in self.granted:
            if (sheet.id, grant.level) not in had:
                had.add((sheet.id, grant.level))
                yield unlocking.granted(sheet, grant, at=at, purchase_id=purchase_id)


_CHANGE = ("id", "account", "before", "after", "reason", "at", "purchase_id")


def run_due(*, limit=1000) -> Counter:
    """Review up to `limit` accounts of the merchant in scope that are due by now: Counter(tier_reviews=…).

    Accounts that another worker holds are skipped: it reviews them itself when it opens them.
    """
    due = Account.objects.filter(review_at__lte=clock.now()).order_by("review_at")
    found = list(due.select_for_update(skip_locked=True, no_key=True).values_list("id", flat=True)[:limit])
    if found:
        sheets = list(ledger.open_accounts(found).values())
        rows = Program.objects.filter(id__in={sheet.program_id for sheet in sheets})
        review = Review()
        review.settle(sheets, {live.program.id: live for live in catalogue.current(rows)})
        ledger.save(sheets)
        review.save()
    return Counter(tier_reviews=len(found))


def next_due_at():
    """When the next account of the merchant in scope is reviewed, or None."""
    due = Account.objects.filter(review_at__isnull=False).order_by("review_at")
    return due.values_list("review_at", flat=True).first()


def counted_of(account_ids) -> dict:
    """What counts towards tiers: {account id: [(occurred_at, how much)]}. One statement."""
    found = defaultdict(list)
    rows = Credit.objects.filter(account_id__in=list(account_ids), qualifies__gt=0)
    for account_id, occurred_at, qualifies in rows.values_list("account_id", "occurred_at", "qualifies"):
        found[account_id].append((occurred_at, qualifies))
    return found


def snapshot(live, counted, review_at) -> int:
    """What an account's `qualifying` says until its next review: all that does not leave before it."""
    ends = [(_scheme(live).counts_until(occurred_at), n) for occurred_at, n in counted]
    return sum(n for until, n in ends if until is None or (review_at is not None and until >= review_at))


def _counted(sheets):
    return counted_of([sheet.id for sheet in sheets]) if sheets else defaultdict(list)


def _scheme(live):
    return live.type.scheme(live.settings, tenancy.merchant().timezone)


def _value(scheme, counted, at):
    """What counts at a moment, of what had happened by then."""
    return sum(n for occurred_at, n in counted if occurred_at <= at and _counts(scheme, occurred_at, at))


def _counts(scheme, occurred_at, at):
    until = scheme.counts_until(occurred_at)
    return until is None or until > at


def _look_ahead(sheet, scheme, counted, at):
    """When this account is to be looked at next: something stops counting, or what it holds is lost."""
    ends = [until for until in (scheme.counts_until(occurred_at) for occurred_at, _n in counted) if until]
    ahead = [moment for moment in [*ends, sheet.level_until_at] if moment is not None and moment > at]
    sheet.review_at, sheet.is_changed = min(ahead, default=None), True
