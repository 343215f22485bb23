"""The gift cards of a member move to another, as they are."""

from loyalty import tenancy
from rewards.gift_cards import moving
from rewards.gift_cards.models import GiftCard
from tests import makers


def test_gift_cards_move_with_their_money_and_others_stay(cafe, jonas, gift_card, entries):
    ines, olga = makers.member(cafe, "Ines"), makers.member(cafe, "Olga")
    cards = [gift_card(2000, member=jonas), gift_card(1000, member=jonas)]
    others = [gift_card(500, member=olga), gift_card(500)]
    with tenancy.scope(cafe):
        assert moving.move(jonas.id, ines.id) == 2
        assert moving.move(jonas.id, ines.id) == 0
        held = dict(GiftCard.objects.values_list("id", "member_id"))
    assert [held[card.id] for card in cards] == [ines.id, ines.id]
    assert [held[card.id] for card in others] == [olga.id, None]
    assert entries(cards[0]) == [("issue", 2000, 2000)]
