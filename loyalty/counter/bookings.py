"""What is booked at the counter: stamps and amounts, rewards handed over, a manager's exception, and undoing it.

Each is tried once per key (see once.py) inside the merchant's scope, and tells what became of it.
"""

import json
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty import clock
from loyalty.counter import credits, gift_cards, guests, once, pins, tells, words
from loyalty.counter.asking import Tap
from loyalty.counter.doors import Desk
from loyalty.counter.tells import Declined, Told
from loyalty.design import wording
from loyalty.errors import NotFound
from loyalty.merchants import auditing
from members import finding
from members.models import Member
from programs import adjusting, catalogue
from programs.models import Program, Purchase
from programs.purchases import Item
from rewards import checkout, codes, presenting, redeeming, taking_off, vouchers
from rewards.checkout import Sale
from rewards.models import Redemption, Reward
from rewards.promotions import using

UNDONE_WITHIN = timedelta(minutes=10)


def book(desk: Desk, tap: Tap) -> Told:
    """Ring up a visit or an amount. A visit that earns nothing is refused, and then nothing is booked.

    Locks the member and the accounts. A tap that was sent before is told as it was then.
    """
    return once.once(desk.device, tap.key, lambda: _book(desk, tap))


def redeem(desk: Desk, *, key: str, guest: str, reward: str, shown: str = "") -> Told:
    """Hand over a reward, for an open unlock or for points. shown: the digits on the guest's phone, used up by it."""
    return once.once(desk.device, key, lambda: _redeem(desk, guest, reward, shown))


def take_voucher(desk: Desk, *, key: str, code: str) -> Told:
    """Hand over what a voucher stands for."""
    return once.once(desk.device, key, lambda: _take_voucher(desk, code))


def override(desk: Desk, *, key: str, card: str, leader: str, pin: str) -> Told:
    """Give one stamp against a waiting time or a day's limit, on a manager's PIN, written down as theirs."""
    return once.once(desk.device, key, lambda: _override(card, leader, pin))


def undo(desk: Desk, *, key: str, of: str) -> Told:
    """Take back what this device did under a key, within ten minutes."""
    return once.once(desk.device, key, lambda: _undo(desk, of))


def _book(desk, tap):
    member = finding.by_card(tap.card)
    programs = catalogue.live()
    extra = _several(desk, member, programs, tap) if tap.stamps > 1 else None
    tiers = credits.tiers_of(member, programs)
    sale = Sale(
        member=member, amount_minor=tap.amount_minor, items=_items(programs, tap), occurred_at=tap.at,
        location=desk.location, external_id=f"counter {tap.key}", vouchers=(tap.voucher,) if tap.voucher else (),
    )  # fmt: skip
    recorded = checkout.ring_up(sale, actor=desk.actor)
    given = sum(credit.amount for credit in recorded.credits)
    if not given and not tap.amount_minor and not recorded.is_repeat:
        raise Declined(credits.why_not(recorded, member, tap.at or clock.now()))
    thing = {
        "kind": "purchase", "id": recorded.purchase.public_id, "extra": extra, "member": member.public_id,
    }  # fmt: skip
    return credits.told(member, recorded, tap, thing=thing, tiers=tiers)


def _items(programs, tap):
    """Where items are stamped, a tap on "Stamp" stands for that many of what is stamped."""
    for live in programs:
        settings = live.settings
        if tap.stamps and getattr(settings, "stamp_per", "") == "item":
            sku, category = next(iter(settings.skus), ""), next(iter(settings.categories), "")
            return (
                Item(
                    0, sku=sku, category="" if sku else category, name=live.program.name, quantity=tap.stamps
                ),
            )
    return ()


def _several(desk, member, programs, tap):
    """All stamps of one visit but the one that the visit itself gives. They never fill a card: that stamp does.

    So an undoing can first take back the visit, with what it unlocked, and then these.
    """
    live = next((one for one in programs if getattr(one.settings, "stamp_per", "") == "visit"), None)
    if live is None or guests.asks_for(programs) != "stamp":
        return None
    most = guests.of(member).most
    if tap.stamps > most:
        raise Declined(tells.refused(
            _("Too many at once."), _("For this card at most %(count)s are possible now.") % {"count": most},
            tells.nothing_booked(),
        ))  # fmt: skip
    amount = tap.stamps - 1
    adjusting.book(
        member=member,
        program=live.program,
        amount=amount,
        reason=_("Several stamps in one visit"),
        actor=desk.actor,
    )
    return {"program": live.program.public_id, "amount": amount}


def _redeem(desk, guest, reward, shown):
    if shown:
        presenting.use(shown)
    member = finding.find(id=guest)
    prize = Reward.objects.by_public_id(Reward.prefix, reward)
    redemption = redeeming.redeem(member=member, reward=prize, location=desk.location, actor=desk.actor)
    note, issued = _what_it_made(redemption)
    name = guests.name_of(member)
    return tells.done(
        _("Redeemed"), _("%(reward)s for %(name)s.") % {"reward": prize.name, "name": name}, note, keep=issued,
        text=_("%(reward)s for %(name)s") % {"reward": prize.name, "name": name},
        thing={"kind": "redemption", "id": redemption.public_id, "member": member.public_id}, icon="gift",
    )  # fmt: skip


def _what_it_made(redemption):
    """What to say of a redemption, and what is issued with it: (sentence, [sentences that stay until read])."""
    if voucher := vouchers.of_redemption(redemption):
        code = codes.display(voucher.code)
        return _("Voucher %(code)s: choose it with the next amount.") % {"code": code}, []
    if card := gift_cards.issued_by(redemption):
        return "", [card]
    return _("Please hand it over."), []


def _take_voucher(desk, code):
    voucher = using.find(code)
    if not voucher.reward.is_handed_over:
        raise taking_off.NotADiscount(voucher=voucher.code)
    using.use_by_itself(voucher, member=voucher.member, actor=desk.actor)
    name = guests.name_of(voucher.member) if voucher.member else _("the guest")
    return tells.done(
        _("Redeemed"), _("%(reward)s for %(name)s.") % {"reward": voucher.reward.name, "name": name},
        _("Please hand it over."), icon="gift",
    )  # fmt: skip


def _override(card, leader, pin):
    if leader not in [one.public_id for one in pins.leaders()]:
        raise NotFound(id=leader)
    tried = pins.enter(leader, pin)
    if tried.person is None:
        return tells.refused(_("Wrong PIN."), wrong_pin(tried), tells.nothing_booked(), card=card)
    member = finding.by_card(card)
    live = next((one for one in catalogue.live() if guests.stamps_without_amount(one)), None)
    if live is None:
        raise NotFound()
    adjusting.book(
        member=member, program=live.program, amount=1, actor=tried.person.name,
        reason=_("Stamped in spite of the waiting time"),
    )  # fmt: skip
    auditing.record(tried.person.name, "counter.overridden", member.public_id, program=live.program.public_id)
    thing = {"kind": "adjustment", "program": live.program.public_id, "member": member.public_id, "amount": 1}
    return credits.told_of_stamp(member, thing=thing)


def wrong_pin(tried: pins.Tried) -> str:
    if tried.locked_until is None:
        return _("This PIN is not right.")
    time = wording.clock_time(timezone.localtime(tried.locked_until), words.language())
    return _("Five wrong PINs. It is locked until %(time)s.") % {"time": time}


def _undo(desk, of):
    record = once.of(desk.device, of)
    told = json.loads(record.body) if record else {}
    thing = told.get("thing")
    if not thing or thing.get("undone"):
        raise Declined(
            tells.refused(_("Nothing to undo."), _("It was undone already, or nothing was booked."))
        )
    if clock.now() - record.created_at > UNDONE_WITHIN:
        line = _("It is more than ten minutes ago. The owner can correct it in the dashboard.")
        raise Declined(tells.refused(_("Too late to undo."), line))
    _UNDO[thing["kind"]](desk, thing)
    once.change(record, told | {"thing": thing | {"undone": True}})
    return tells.done(_("Taken back"), told["text"], icon="undo-2")


def _undo_purchase(desk, thing):
    purchase = Purchase.objects.by_public_id(Purchase.prefix, thing["id"])
    checkout.give_back(purchase, actor=desk.actor)
    if extra := thing.get("extra"):
        _adjust_back(desk, purchase.member, extra["program"], extra["amount"])


def _undo_redemption(desk, thing):
    redemption = Redemption.objects.by_public_id(Redemption.prefix, thing["id"])
    redeeming.cancel(redemption, actor=desk.actor)


def _undo_adjustment(desk, thing):
    member = Member.objects.by_public_id(Member.prefix, thing["member"])
    _adjust_back(desk, member, thing["program"], thing["amount"])


def _adjust_back(desk, member, program_id, amount):
    program = Program.objects.by_public_id(Program.prefix, program_id)
    adjusting.book(
        member=member, program=program, amount=-amount, reason=_("Undone at the counter"), actor=desk.actor
    )


_UNDO = {
    "purchase": _undo_purchase, "redemption": _undo_redemption, "adjustment": _undo_adjustment,
    "gift_card": gift_cards.undo,
}  # fmt: skip
