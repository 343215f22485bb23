"""Everything that is held about a member, to be taken along (Art. 15 and 20 GDPR)."""

from campaigns.models import Message
from loyalty import clock, ids
from loyalty.events.models import Event
from loyalty.rest import named
from loyalty.rest.resource import Resource, answer
from loyalty.rest.resources.merchants import told_event
from loyalty.rest.rows import contacts, gift_cards, members, purchases, rewards, subscriptions
from loyalty.rest.rows.messages import messages
from loyalty.rest.schema import operation
from loyalty.rest.shapes.exports import Export, KeptIntroduction
from members.contacts import keeping
from members.models import Consent
from programs.coalition.models import Introduction
from programs.models import Entry, Purchase
from rewards.gift_cards.models import GiftCard
from rewards.models import Redemption, Voucher


class MemberExport(Resource):
    @operation("Export everything that is held about a member", scope="read", answers={200: Export})
    def get(self, request, member_id):
        member = named.member_in_path(member_id)
        entries = (
            Entry.objects.filter(account__member=member).select_related("account__program").order_by("id")
        )
        bought = purchases.listed(list(Purchase.objects.filter(member=member).order_by("id")))
        redeemed = rewards.redemptions(list(Redemption.objects.filter(member=member).order_by("id")))
        held = Voucher.objects.filter(member=member).select_related("reward").order_by("id")
        said = Consent.objects.filter(member=member).order_by("id")
        export = Export(
            exported_at=clock.now(),
            member=members.member(member),
            introductions=[
                KeptIntroduction(partner=ids.public("mer", row.partner_id), name=row.name, at=row.at)
                for row in Introduction.objects.filter(member=member).order_by("id")
            ],
            contacts=[contacts.contact(row) for row in keeping.of(member).order_by("id")],
            consents=[members.consent(row) for row in said],
            entries=members.entries(list(entries)),
            purchases=bought,
            redemptions=redeemed,
            vouchers=rewards.vouchers(list(held)),
            gift_cards=[
                gift_cards.gift_card(row) for row in GiftCard.objects.filter(member=member).order_by("id")
            ],
            subscriptions=subscriptions.kept_of(member),
            seats=subscriptions.seats_of(member),
            messages=messages(list(Message.objects.filter(member=member).order_by("id"))),
            events=[told_event(row) for row in Event.objects.filter(member_id=member.id).order_by("id")],
        )
        name = f'attachment; filename="{member.public_id}.json"'
        return answer(export, headers={"Content-Disposition": name})
