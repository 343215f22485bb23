"""Where a member stands: balances, what expires when, the next reward, what is unlocked. And how it came about.

The card, the counter and the API all show what is computed here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from loyalty import clock, tenancy
from members import finding
from programs import because, catalogue, progress
from programs.accounts import Entry, Unlock
from programs.catalogue import Live
from programs.models import Credit, Program, Purchase
from programs.progress import Progress
from rewards import eligibility, holdings
from rewards.gift_cards.models import GiftCard
from rewards.models import Redemption, Reward, Voucher


@dataclass(slots=True)
class NextReward:
    """The cheapest reward not yet within reach. missing: points or stamps to go. at: where it lies, in all."""

    reward: Reward
    missing: int
    at: int


@dataclass(slots=True)
class ToSpend:
    """A reward that the balance pays for once more has been spent: how much, within how many days."""

    reward: Reward
    missing_minor: int
    within_days: int


@dataclass(slots=True)
class Standing:
    """A member in one program. spendable: balance less debt. reachable: rewards the balance pays for now.

    Of rewards there are those alone that this member may have. to_spend: what only spend is missing to.
    """

    live: Live
    account_id: UUID | None
    spendable: int = 0
    pending: int = 0
    lifetime: int = 0
    last_activity_at: datetime | None = None
    expiring: list[tuple[int, datetime]] = field(default_factory=list)
    next_reward: NextReward | None = None
    reachable: list[Reward] = field(default_factory=list)
    beyond: list[Reward] = field(default_factory=list)
    to_spend: list[ToSpend] = field(default_factory=list)
    unlocked: list[Reward] = field(default_factory=list)
    # Handed out unasked and not used yet: the reward, and the code of its voucher or gift card.
    handed_out: list[tuple[Reward, str]] = field(default_factory=list)
    # The tier in a tiered program, or the plan that is paid for.
    tier: Progress | None = None
    level: str = ""
    level_until_at: datetime | None = None

    @property
    def program(self):
        return self.live.program

    @property
    def stamps_required(self):
        return getattr(self.live.settings, "stamps_required", None)


def of(member) -> list[Standing]:
    """The member's standing in every running program, in the programs' order. Two round trips, whatever there is.

    Programs that have ended are there as long as something in them can still be spent.
    """
    return of_many([member])[member.id]


def of_many(members) -> dict:
    """Standings by member id: as many statements as for one."""
    programs = catalogue.spendable()
    held = holdings.of(
        [member.id for member in members],
        ends={live.program.id: live.program.redeem_until for live in programs if live.program.redeem_until},
        cards={live.program.id for live in programs if hasattr(live.settings, "stamps_required")},
    )
    unlocked, handed_out = _by_account(held.open), _handed_out(held.taken)
    pairs = [
        (member.id, live, held.accounts.get((member.id, live.program.id)))
        for member in members
        for live in programs
    ]
    tiers = progress.of(pairs)
    known = eligibility.of_members(held.on_offer, [member.id for member in members])
    found: dict = {member.id: [] for member in members}
    for member_id, live, account in pairs:
        if live.program.auto_enrol or account:
            one = _standing(live, account, held, unlocked, known[member_id])
            one.tier = tiers.get((member_id, live.program.id))
            one.handed_out = handed_out.get(one.account_id, [])
            if _is_shown(one):
                found[member_id].append(one)
    return found


def _is_shown(standing):
    """A program that has ended is of interest to whoever has something left in it."""
    runs = catalogue.runs_at(standing.live, clock.now())
    return runs or bool(standing.spendable or standing.pending or standing.unlocked)


def _standing(live, account, held, unlocked, known):
    if account is None:
        standing = Standing(live, None)
    else:
        standing = Standing(
            live, account.id, account.balance - account.debt, account.pending, account.lifetime,
            account.last_activity_at, held.lots.get(account.id, []), unlocked=unlocked.get(account.id, []),
            level=account.level, level_until_at=account.level_until_at,
        )  # fmt: skip
    now = clock.now()
    mine = [
        reward
        for reward in held.on_offer
        if reward.program_id == live.program.id and eligibility.may_have(reward, known, now)
    ]
    payable = [reward for reward in mine if reward.cost <= standing.spendable]
    missing = {reward.id: eligibility.spend_missing(reward, known) for reward in payable}
    standing.reachable = [reward for reward in payable if not missing[reward.id]]
    standing.to_spend = [
        ToSpend(reward, missing[reward.id], reward.unlock["within_days"])
        for reward in payable
        if missing[reward.id]
    ]
    standing.beyond = [reward for reward in mine if reward.cost > standing.spendable]
    standing.next_reward = _next(standing, held.of_cards)
    return standing


def _next(standing, given_by_cards):
    ahead = [(reward.cost, reward) for reward in standing.beyond]
    settings = standing.live.settings
    if not catalogue.runs_at(standing.live, clock.now()):
        # Nothing comes nearer in a program that has ended.
        return None
    if standing.stamps_required:
        ahead += [(step.at, given_by_cards.get(step.reward)) for step in settings.interim]
        ahead.append((standing.stamps_required, given_by_cards.get(settings.reward)))
    ahead = [(at, reward) for at, reward in ahead if reward and at > standing.spendable]
    if not ahead:
        return None
    at, reward = min(ahead, key=lambda one: one[0])
    return NextReward(reward, at - standing.spendable, at)


def _by_account(unlocks):
    found: dict = {}
    for unlock in unlocks:
        found.setdefault(unlock.account_id, []).append(unlock.reward)
    return found


def _handed_out(taken):
    """Vouchers and gift cards that were handed out unasked and are unused, by account."""
    codes = codes_of(taken)
    found: dict = {}
    for unlock in taken:
        if unlock.redemption_id in codes:
            found.setdefault(unlock.account_id, []).append((unlock.reward, codes[unlock.redemption_id]))
    return found


def codes_of(unlocks):
    """The codes of what was handed out for unlocks and is not used yet, by redemption: two statements, or none."""
    asked = [unlock.redemption_id for unlock in unlocks if unlock.as_voucher and unlock.redemption_id]
    if not asked:
        return {}
    now = clock.now()
    good = Q(valid_until=None) | Q(valid_until__gt=now)
    vouchers = Voucher.objects.filter(good, redemption_id__in=asked, status=Voucher.Status.OPEN)
    cards = GiftCard.objects.filter(redemption_id__in=asked, balance_minor__gt=0)
    return dict(vouchers.values_list("redemption_id", "code")) | dict(
        cards.values_list("redemption_id", "code")
    )


def open_unlocks_of(member_ids):
    rows = Unlock.objects.filter(member_id__in=member_ids, status=Unlock.Status.OPEN, reward__isnull=False)
    return rows.select_related("reward").order_by("at", "id")


@dataclass(slots=True)
class Happening:
    """One line of a member's history: what happened, what it changed, and why.

    kind: purchase, welcome, bonus, redeem, cancel, refund, expire, adjust, activate. amount: 0 where nothing was given.
    title: the reward's name, what a bonus was for, or "" (screens word the rest). reasons: sentences. entries: ids, for
    drawing stamps.
    """

    kind: str
    at: datetime
    program: Program | None
    amount: int
    amount_minor: int | None = None
    title: str = ""
    location: str = ""
    actor: str = ""
    reasons: list[str] = field(default_factory=list)
    purchase: Purchase | None = None
    entry_id: object = None
    taken_back: bool = False


def history(member, *, limit=20, before=None) -> list[Happening]:
    """What happened to a member, newest first: purchases with what they gave or did not, and all other entries.

    before: only what is older than this moment (for the next page). Refusals are told as well.
    """
    currency = tenancy.merchant().currency
    happenings = _from_purchases(member, limit, before, currency) + _from_entries(member, limit, before)
    happenings.sort(key=lambda one: one.at, reverse=True)
    return happenings[:limit]


def _from_purchases(member, limit, before, currency):
    rows = Purchase.objects.filter(member=member, **({"occurred_at__lt": before} if before else {}))
    rows = rows.select_related("location").order_by("-occurred_at")[:limit]
    purchases = {row.id: row for row in rows}
    found, with_credit = [], set()
    for credit in Credit.objects.filter(purchase_id__in=purchases).select_related("program"):
        purchase = purchases[credit.purchase_id]
        with_credit.add(purchase.id)
        reasons = [because.sentence(row, program=credit.program, currency=currency) for row in credit.because
                   if row["amount"] or row["rule"] == "earn" or row["code"] == "multiplied"]  # fmt: skip
        found.append(
            Happening(
                "purchase",
                purchase.occurred_at,
                credit.program,
                credit.amount,
                purchase.amount_minor,
                location=purchase.location.name if purchase.location else "",
                actor=purchase.actor,
                reasons=reasons,
                purchase=purchase,
                taken_back=credit.amount > 0 and credit.taken_back >= credit.amount,
            )
        )
    return found + [
        Happening("purchase", row.occurred_at, None, 0, row.amount_minor, purchase=row)
        for row in purchases.values() if row.id not in with_credit
    ]  # fmt: skip


_KINDS = {"redeem": "redeem", "restore": "cancel"}


def _from_entries(member, limit, before):
    """All entries but what purchases gave: those are told with their purchase.

    Of cards that were merged into this one too, but for what moved from there: it is told where it arrived.
    """
    mine = Q(account__member=member) | Q(account__member__in=finding.everyone(member)[1:]) & ~Q(kind="merge")
    rows = Entry.objects.filter(mine, **({"at__lt": before} if before else {}))
    # A bonus for a friend's purchase names it, too; it is told by its reason.
    rows = rows.exclude(kind="earn", purchase__isnull=False, reason="").select_related(
        "account", "account__program", "purchase"
    )
    rows = list(rows.order_by("-at", "-number")[:limit])
    names = _reward_names(rows)
    return [
        Happening(
            _kind(row),
            row.at,
            row.account.program,
            row.amount + (0 if row.kind == "activate" else row.pending_amount),
            title=row.reason if _kind(row) == "bonus" else names.get(row.id, ""),
            amount_minor=row.purchase.amount_minor if row.kind == "refund" and row.purchase else None,
            actor=row.actor,
            reasons=[row.reason] if row.reason and row.kind == "adjust" else [],
            entry_id=row.id,
        )
        for row in rows
    ]


def _kind(row):
    if row.kind == "earn":
        # Two fractions of a point, on two cards, became a point when these were brought together.
        return {"merged": "merge", "welcome": "welcome", "": "welcome"}.get(row.reason, "bonus")
    return _KINDS.get(row.kind, row.kind)


def _reward_names(entries):
    by_redemption = {row.redemption_id for row in entries if row.redemption_id}
    names = dict(Redemption.objects.filter(id__in=by_redemption).values_list("id", "reward__name"))
    full = dict(
        Unlock.objects.filter(entry_id__in=[row.id for row in entries]).values_list(
            "entry_id", "reward__name"
        )
    )
    return {row.id: names.get(row.redemption_id) or full.get(row.id) or "" for row in entries}
