"""Members, their standing and their entries, as the API tells them. Set-based: a page costs as much as a row."""

from collections import defaultdict

from loyalty import ids, tenancy
from loyalty.rest.shapes import members as shapes
from loyalty.rest.shapes.answers import Unit
from members import consents, finding
from programs import because
from programs.models import Credit, Lot, LotUse
from rewards import standing


def member(row):
    return members([row])[0]


def members(rows):
    """Members with cards, consents and accounts: a fixed number of statements, however many."""
    standings, cards, said = standing.of_many(rows), finding.cards_of(rows), consents.current_of(rows)
    return [_member(row, cards.get(row.id), said[row.id].values(), standings[row.id]) for row in rows]


def state(row):
    """`member_state`, or None for nobody."""
    return shapes.MemberState(accounts=[account(one) for one in standing.of(row)]) if row else None


def unit(program):
    return Unit(singular=program.unit_singular, plural=program.unit_plural)


def reward_name(reward):
    return shapes.RewardName(id=reward.public_id, name=reward.name, kind=reward.kind)


def consent(row):
    return shapes.Consent(purpose=row.purpose, given=row.given, confirmed=row.confirmed, at=row.at)


def account(one):
    """A Standing."""
    ahead = one.next_reward
    return shapes.AccountState(
        program=one.program.public_id, type=one.program.type, unit=unit(one.program), balance=one.spendable,
        pending=one.pending, lifetime=one.lifetime, stamps_required=one.stamps_required,
        expiring=[shapes.Expiring(amount=amount, at=at) for amount, at in one.expiring],
        next_reward=shapes.NextReward(reward=reward_name(ahead.reward), missing=ahead.missing) if ahead else None,
        unlocked=[
            *(shapes.Unlocked(reward=reward_name(reward), voucher=None) for reward in one.unlocked),
            *(shapes.Unlocked(reward=reward_name(reward), voucher=code) for reward, code in one.handed_out),
        ],
        tier=_tier(one),
        to_spend=[
            shapes.ToSpend(
                reward=reward_name(row.reward), missing_minor=row.missing_minor, within_days=row.within_days
            )
            for row in one.to_spend
        ],
    )  # fmt: skip


def _tier(one):
    if one.tier is not None:
        held = one.tier
        return shapes.Tier(
            name=held.name, until=held.until, next=held.next, missing=held.missing, perks=held.perks
        )
    if not one.level:
        return None
    perks = getattr(getattr(one.live.settings, "benefits", None), "perks", ())
    return shapes.Tier(name=one.level, until=one.level_until_at, next=None, missing=None, perks=perks)


def reasons(rows, program, written=None):
    """The rows of a credit's `because`, each with its sentence in the language of this answer.

    written: sentences that were written before in this answer. In a batch the same ones come again and again.
    """
    written = {} if written is None else written
    return [shapes.Because(**row, text=_sentence(row, program, written)) for row in rows]


def _sentence(row, program, written):
    key = program.id, repr(row)
    if key not in written:
        written[key] = because.sentence(row, program=program, currency=tenancy.merchant().currency)
    return written[key]


def entries(rows):
    """Entries (with their account and program), with the lots they moved and why."""
    lots, credits = _lots_of(rows), _credits_of(rows)
    return [_entry(row, lots[row.id], credits.get((row.purchase_id, row.account_id))) for row in rows]


def _member(row, card, said, standings):
    return shapes.Member(
        id=row.public_id, number=row.number, kind=row.kind, name=row.name, email=row.email or None, phone=row.phone,
        birthday=row.birthday, language=row.language, external_id=row.external_id, status=row.status,
        referred_by=ids.public("mem", row.referred_by_id),
        card=shapes.Card(url=finding.card_url(card), token=card.token) if card else None,
        created_at=row.joined_at, consents=[consent(one) for one in said],
        accounts=[account(one) for one in standings],
    )  # fmt: skip


def _entry(row, lots, credit):
    program = row.account.program
    if row.kind == "earn" and credit is not None:
        why = reasons(credit.because, program)
    else:
        why = (
            [shapes.Because(rule=None, code=row.kind, amount=row.amount, text=row.reason)]
            if row.reason
            else []
        )
    return shapes.Entry(
        id=row.public_id, program=program.public_id, kind=row.kind, amount=row.amount,
        pending_amount=row.pending_amount, balance_after=row.balance_after, at=row.at,
        purchase=ids.public("pur", row.purchase_id), refund=ids.public("rfd", row.refund_id),
        redemption=ids.public("red", row.redemption_id), lots=lots, because=why, actor=row.actor,
    )  # fmt: skip


def _lots_of(rows):
    """{entry id: [LotPart]}: an earning tells the lot it made, everything else the lots it used or filled again."""
    entry_ids = [row.id for row in rows]
    parts, makers = defaultdict(list), set()
    for lot in Lot.objects.filter(entry_id__in=entry_ids).order_by("expires_at", "id"):
        parts[lot.entry_id].append(shapes.LotPart(amount=lot.amount, expires_at=lot.expires_at))
        makers.add(lot.entry_id)
    uses = LotUse.objects.filter(entry_id__in=entry_ids).exclude(entry_id__in=makers).select_related("lot")
    for use in uses.order_by("lot__expires_at", "lot__id"):
        parts[use.entry_id].append(shapes.LotPart(amount=abs(use.amount), expires_at=use.lot.expires_at))
    return parts


def _credits_of(rows):
    purchases = {row.purchase_id for row in rows if row.purchase_id}
    found = Credit.objects.filter(purchase_id__in=purchases)
    return {(credit.purchase_id, credit.account_id): credit for credit in found}
