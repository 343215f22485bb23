"""At a partner's till: whose scope a request belongs into, the key's own or that of a coalition's operator.

A request begins in the key's own scope, and costs nothing more there. Only what is not found there is looked for
elsewhere: in the scopes of the operators in whose coalitions the merchant is a partner. There it begins anew, as the
partner (`tenancy.acting()`), and sees its own rows alone.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from loyalty import ids, readable_codes, tenancy
from loyalty.errors import Invalid, NotFound, Refused
from loyalty.merchants.models import Merchant
from loyalty.tenancy import partners
from members import finding
from members.models import Member
from programs import catalogue
from programs.coalition import terms
from programs.coalition.models import Partner, PartnerDoor
from programs.models import Credit, Program, Purchase
from rewards.models import Redemption, Reward, Voucher

# What the role that partners read as may read of a purchase.
SHOWN_OF_PURCHASES = (
    "merchant_id", "id", "member_id", "amount_minor", "discount_minor", "net_minor", "refunded_minor", "currency",
    "items", "discounts", "occurred_at", "recorded_at", "returned_at", "location_id", "partner_id",
    "external_id", "actor",
)  # fmt: skip
# 255, less the partner that stands before it.
LONGEST_EXTERNAL_ID = 255 - 33


@dataclass(eq=False)
class Elsewhere(Exception):
    """What was asked for may be an operator's. is_there: whether it is, asked inside of a scope of theirs.

    refusal: the answer where it is nobody's.
    """

    operators: list[Merchant]
    is_there: Callable[[], bool]
    refusal: NotFound

    def operator_for(self, partner) -> Merchant:
        """The operator whose it is. Called outside of any scope. Raises the refusal."""
        for operator in self.operators:
            with tenancy.scope(operator, acting=partner):
                if self.is_there():
                    return operator
        raise self.refusal


def key_of(key: str) -> str:
    """An idempotency key as it is kept: partners of a coalition do not get in each other's way."""
    partner_id = tenancy.acting_id()
    return hashlib.sha256(f"{partner_id}:{key}".encode()).hexdigest() if partner_id else key


def kept_external_id(text: str | None) -> str | None:
    """A till's own id as it is kept: two partners may use the same one. Raises Invalid where there is no room."""
    partner_id = tenancy.acting_id()
    if text is None or partner_id is None:
        return text
    if len(text) > LONGEST_EXTERNAL_ID:
        wrong = _("Write at most %(max_length)s characters.") % {"max_length": LONGEST_EXTERNAL_ID}
        raise Invalid({"external_id": [wrong]})
    return f"{partner_id.hex}:{text}"


def told_external_id(purchase: Purchase) -> str | None:
    """A purchase's external id as the till has sent it."""
    if purchase.external_id is None or purchase.partner_id is None:
        return purchase.external_id
    return purchase.external_id.removeprefix(f"{purchase.partner_id.hex}:")


def by_card(text) -> Member:
    """The member of a card, own or a coalition's. Raises NotFound, Elsewhere."""
    try:
        return finding.by_card(text)
    except NotFound as refusal:
        return _elsewhere(refusal, lambda: _takes_part() and _is_found(lambda: finding.by_card(text)))


def refuse_if_elsewhere(bodies, results):
    """A batch in which every row names a card, and none is known here, may be a coalition's. Raises Elsewhere.

    A batch is one transaction in one scope: own cards and a coalition's come in batches of their own.
    """
    cards = [body.card for body in bodies if not isinstance(body, Refused) and body.card is not None]
    if not cards or len(cards) < len(bodies) or not all(isinstance(one, NotFound) for one in results):
        return
    _is_found(lambda: by_card(cards[0]))


def program(public_id) -> Program:
    """A program of the merchant's own, or a coalition's in which it is a partner. Raises NotFound, Elsewhere."""
    try:
        found = Program.objects.by_public_id("prg", public_id)
    except NotFound as refusal:
        return _elsewhere(refusal, lambda: _is_found(lambda: program(public_id)))
    if tenancy.acting() is not None and not _partner_rows().filter(program_id=found.id).exists():
        raise NotFound(id=public_id)
    return found


def purchase(public_id) -> Purchase:
    """A purchase of the merchant's own, or one with a coalition's card at its till. Raises NotFound, Elsewhere."""
    return _own(Purchase, public_id)


def redemption(public_id) -> Redemption:
    return _own(Redemption, public_id)


def rewards(program_id=None):
    """The rewards that who asks may see: all of its own; as a partner, a coalition's, but for other partners'."""
    if program_id is None:
        return Reward.objects.all()
    found = Reward.objects.filter(program=program(program_id))
    partner_id = tenancy.acting_id()
    return found.filter(Q(partner_id=None) | Q(partner_id=partner_id)) if partner_id else found


def offering_in(body) -> Program:
    """The program of a reward that is to be made: the merchant's own, or one in which it is a partner now.

    A partner offers nothing that others would have to pay for. Raises NotFound, NotAPartner, Invalid, Elsewhere.
    """
    found = program(body.program)
    if tenancy.acting() is not None:
        terms.refuse_redeeming(catalogue.current(Program.objects.filter(id=found.id))[0], tenancy.acting_id())
        if body.kind == Reward.Kind.GIFT_CARD:
            raise Invalid({"kind": [_("Gift cards are the operator's to sell.")]})
    return found


def payable_in(public_id) -> Program:
    """A program whose points may be taken as money where it is asked for. Raises NotFound, NotAPartner."""
    found = Program.objects.by_public_id("prg", public_id)
    if tenancy.acting() is not None:
        terms.refuse_redeeming(catalogue.current(Program.objects.filter(id=found.id))[0], tenancy.acting_id())
    return found


def purchases(program_id=None):
    """The purchases that who asks may see: all of its own; as a partner, those at its till. program_id: in it alone.

    As a partner, to be read as one (tenancy.partners.reading).
    """
    if program_id is None:
        return Purchase.objects.all()
    found = program(program_id)
    if tenancy.acting() is not None:
        return Purchase.objects.filter(partner_id=tenancy.acting_id()).only(*SHOWN_OF_PURCHASES)
    return Purchase.objects.filter(id__in=Credit.objects.filter(program=found).values("purchase_id"))


def reward(public_id) -> Reward:
    """A reward that can be had where it is asked for. Raises NotFound, also for another partner's."""
    found = Reward.objects.by_public_id("rwd", public_id)
    partner_id = tenancy.acting_id()
    if partner_id is None:
        return found
    if found.partner_id not in (None, partner_id) or found.program_id is None:
        raise NotFound(id=public_id)
    live = catalogue.current(Program.objects.filter(id=found.program_id))[0]
    if not live.type.is_shared:
        raise NotFound(id=public_id)
    terms.refuse_redeeming(live, partner_id)
    return found


def refuse_foreign_codes(codes, gift_cards):
    """At a partner's till a voucher is good that points were taken for there: somebody else was paid for the others.

    So it is with gift cards, all of which the operator has sold. Raises NotFound.
    """
    if tenancy.acting() is None or not (codes or gift_cards):
        return
    for code in gift_cards:
        raise NotFound(code=code)
    parsed = {code: readable_codes.parse(code) for code in codes}
    rows = Voucher.objects.filter(code__in=set(parsed.values()), redemption__partner_id=tenancy.acting_id())
    own = set(rows.values_list("code", flat=True))
    for code in codes:
        if parsed[code] not in own:
            raise NotFound(code=code)


def operators() -> list[PartnerDoor]:
    """The doors of the merchant in scope: its invitations, with their operators, oldest first."""
    return list(doors_of(tenancy.merchant_id()))


def doors_of(merchant_id):
    return PartnerDoor.objects.filter(partner_id=merchant_id).select_related("operator").order_by("id")


def partners_of(operator) -> list[Merchant]:
    """The merchants that an operator has invited, in id order."""
    doors = PartnerDoor.objects.filter(operator=operator).values("partner")
    return list(Merchant.objects.filter(id__in=doors).defer("logo").order_by("id"))


def _own(model, public_id):
    if tenancy.acting() is not None:
        if not _is_there_as_partner(model, public_id):
            raise NotFound(id=public_id)
        return model.objects.filter(partner_id=tenancy.acting_id()).by_public_id(model.prefix, public_id)
    try:
        return model.objects.by_public_id(model.prefix, public_id)
    except NotFound as refusal:
        return _elsewhere(refusal, lambda: _is_there_as_partner(model, public_id))


def _is_there_as_partner(model, public_id):
    # Read as the partner: what is another's is not there, whatever this code asks for.
    with partners.reading():
        return model.objects.filter(id=ids.parse(model.prefix, public_id)).only("id").exists()


def _elsewhere(refusal, is_there):
    if tenancy.acting() is not None:
        raise refusal
    found = {door.operator_id: door.operator for door in operators()}
    if not found:
        raise refusal
    raise Elsewhere(list(found.values()), is_there, refusal)


def _is_found(find):
    try:
        find()
    except NotFound:
        return False
    return True


def _takes_part():
    there = (Partner.Status.ACTIVE, Partner.Status.LEAVING)
    return any(row.status in there for row in _partner_rows())


def _partner_rows():
    return Partner.objects.filter(partner_id=tenancy.acting_id())
