"""What stands out at the counter, and that it can be put away."""

from django.urls import reverse

from loyalty import clock
from loyalty.dashboard import noticing
from loyalty.merchants import staffing
from loyalty.merchants.models import AuditEntry
from rewards import checkout


def noticed(shop):
    with shop.at(2026, 3, 12, 12).scope():
        return noticing.flags(clock.now())


def burst(shop, guest, count, seconds=60, day=10):
    for number in range(count):
        minute, second = divmod(number * seconds, 60)
        shop.at(2026, 3, day, 9, minute, second).buys(guest)


def test_five_visits_within_ten_minutes_stand_out(shop):
    anna = shop.at(2026, 3, 1, 9).guest("Anna")
    burst(shop, anna, 7, seconds=36)
    [flag] = noticed(shop)
    assert (flag.kind, flag.member.name, flag.count, flag.minutes) == ("burst", "Anna", 7, 4)


def test_five_visits_in_a_longer_time_do_not(shop):
    anna = shop.at(2026, 3, 1, 9).guest("Anna")
    burst(shop, anna, 5, seconds=151)  # Just over ten minutes from the first to the fifth.
    assert noticed(shop) == []


def test_four_visits_do_not_and_neither_do_those_of_five_guests(shop):
    burst(shop, shop.at(2026, 3, 1, 9).guest("Anna"), 4)
    for number in range(5):
        shop.at(2026, 3, 10, 9, number).buys(shop.guest(f"Guest {number}"))
    assert noticed(shop) == []


def test_what_is_older_than_a_week_is_past(shop):
    burst(shop, shop.at(2026, 2, 1, 9).guest("Anna"), 6, day=4)
    assert noticed(shop) == []


def test_who_books_on_a_card_of_the_same_name_stands_out(shop):
    tom = shop.at(2026, 3, 9, 9).guest("Tom Fischer")
    with shop.scope():
        staffing.add(name="Tom Fischer", role="cashier", actor="Aylin Brandt")
        checkout.ring_up(checkout.Sale(member=tom, amount_minor=390), actor="tom fischer")
        checkout.ring_up(checkout.Sale(member=tom, amount_minor=390), actor="Lena")
    [flag] = noticed(shop)
    assert (flag.kind, flag.actor, flag.count) == ("own_card", "tom fischer", 1)


def test_a_guest_who_is_called_like_somebody_but_is_stamped_by_others_does_not(shop):
    tom = shop.at(2026, 3, 9, 9).guest("Tom Fischer")
    with shop.scope():
        staffing.add(name="Tom Fischer", role="cashier", actor="Aylin Brandt")
        checkout.ring_up(checkout.Sale(member=tom, amount_minor=390), actor="Lena")
    assert noticed(shop) == []


def test_what_was_looked_at_is_not_shown_again_but_a_new_one_is(shop, owner):
    anna = shop.at(2026, 3, 1, 9).guest("Anna")
    burst(shop, anna, 5)
    [flag] = noticed(shop)
    assert owner.post(reverse("dashboard:clear_flag"), {"key": flag.key}).status_code == 302
    assert noticed(shop) == []
    with shop.scope():
        assert AuditEntry.objects.get(action="flag.cleared").actor == "Aylin Brandt"
    burst(shop, anna, 5, day=11)
    assert [flag.end.day for flag in noticed(shop)] == [11]
