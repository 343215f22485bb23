"""The books of two members become one's. Rule: docs/rules/moving.md, "Merges".

Entries stay where they were written. One more on each side tells what moved; the lots themselves move, and with them
the purchases, so that limits, refunds and reversals see one history.
"""

from math import floor

from loyalty import clock, ids, tenancy
from programs import catalogue, expiry, ledger, reviewing, unlocking
from programs.accounts import Account, Unlock
from programs.models import AdjustmentProposal, Bonus, Credit, Program, Purchase
from programs.sheet import Source

REASON = "merged"


def move(old, survivor, *, actor="") -> dict:
    """Move everything of one member's accounts to another's. Returns {old account id: survivor's account id}.

    The caller has locked both members. Locks the accounts of both in id order.
    """
    programs = list(Account.objects.filter(member=old).values_list("program_id", flat=True))
    sheets = ledger.open_sheets(
        [(one.id, key) for key in programs for one in (old, survivor)], with_lots=True
    )
    lives = catalogue.current(Program.objects.filter(id__in=programs))
    pairs = [(sheets[old.id, live.program.id], sheets[survivor.id, live.program.id], live) for live in lives]
    tiered = {live.program.id: live for live in lives if live.type.has_tiers}
    review = reviewing.Review()
    review.settle([sheet for sheet in sheets.values() if sheet.program_id in tiered], tiered)
    unlocks = []
    for left, kept, live in pairs:
        _merge(left, kept, live, actor)
        if live.type.has_tiers:
            _take_the_higher_tier(left, kept, live, review)
        unlocks += unlocking.unlock(kept, live, at=clock.now())
    moved = {left.id: kept.id for left, kept, _live in pairs}
    _give_over(moved, old, survivor)
    # Now that it is one history: the two together may have reached more than either.
    review.settle([kept for _left, kept, live in pairs if live.type.has_tiers], tiered)
    ledger.save(sheets.values())
    ledger.move_lots(moved)
    unlocking.save(unlocks)
    review.save()
    return moved


def _merge(left, kept, live, actor):
    now, timezone = clock.now(), tenancy.merchant().timezone
    source = Source(version_id=live.version_id, actor=actor)
    left.merge_into(kept, at=now, source=source)
    if isinstance(live.settings.expiry, expiry.Inactivity) and kept.last_activity_at:
        # As if it had been one account: whatever either has done has prolonged all of it.
        kept.keep_alive(expiry.expires_at(live.settings.expiry, kept.last_activity_at, timezone))
    whole = floor(kept.carry)
    if whole:
        # Two fractions of a point are a point.
        kept.carry -= whole
        source = Source(version_id=live.version_id, actor=actor, reason=REASON)
        kept.earn(
            whole, at=now, source=source, expires_at=expiry.expires_at(live.settings.expiry, now, timezone)
        )


def _take_the_higher_tier(left, kept, live, review):
    """The higher tier of both stays, what counts towards the next adds up, and the survivor is reviewed at once."""
    before, now = kept.level, clock.now()
    mine, theirs = (live.type.place(live.settings, sheet.level) for sheet in (kept, left))
    if theirs > mine:
        kept.level, kept.level_since_at, kept.level_until_at = (
            left.level,
            left.level_since_at,
            left.level_until_at,
        )
        review.changes.append((ids.new(), kept.id, before, kept.level, REASON, now, None))
    elif theirs == mine:
        kept.level_since_at = min(filter(None, (left.level_since_at, kept.level_since_at)), default=None)
        # Whoever is not under a grace keeps the tier without one.
        ends = (left.level_until_at, kept.level_until_at)
        kept.level_until_at = max(ends) if all(ends) else None
    kept.qualifying += left.qualifying
    kept.review_at = now
    left.level, left.level_since_at, left.level_until_at, left.qualifying, left.review_at = (
        "",
        None,
        None,
        0,
        None,
    )


def _give_over(moved, old, survivor):
    """What refers to the accounts and to the member: purchases and what they gave, unlocked rewards, bonuses."""
    for left_id, kept_id in moved.items():
        Credit.objects.filter(account_id=left_id).update(account_id=kept_id)
        Unlock.objects.filter(account_id=left_id).update(account_id=kept_id, member_id=survivor.id)
        _give_over_bonuses(left_id, kept_id)
    Purchase.objects.filter(member=old).update(member=survivor)
    AdjustmentProposal.objects.filter(member=old).update(member=survivor)


def _give_over_bonuses(left_id, kept_id):
    """All but those that the survivor was given for the same occasion: one stands, so that it is not given again."""
    standing = Bonus.objects.filter(account_id=kept_id, withdrawn_at=None)
    had = set(standing.values_list("rule_id", "occasion"))
    twice = [
        row.id
        for row in Bonus.objects.filter(account_id=left_id, withdrawn_at=None)
        if (row.rule_id, row.occasion) in had
    ]
    Bonus.objects.filter(account_id=left_id).exclude(id__in=twice).update(account_id=kept_id)
