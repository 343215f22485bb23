"""The people of a company: several on one account."""

import pytest

from loyalty import exporting
from loyalty.errors import Invalid
from members import editing, joining, merging, privacy
from members.contacts import keeping
from members.contacts.models import Contact
from members.models import Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def company(cafe):
    return joining.register(name="Hotel Krone", kind="company")


def names(member):
    return [row.name for row in keeping.of(member).order_by("id")]


def test_a_member_is_a_person_unless_it_is_said(cafe, company):
    assert [joining.register(name="Anna").kind, company.kind] == ["person", "company"]
    many = joining.register_many([{"name": "Ben"}, {"name": "Gasthof", "kind": "company"}])
    assert [one.member.kind for one in many] == ["person", "company"]
    with pytest.raises(Invalid):
        joining.register(name="Cleo", kind="club")


def test_people_are_written_down_in_the_form_of_members(company):
    anna = keeping.add(company, name=" Anna  Weber ", email="Anna@KRONE.example", phone="0151 23456789")
    assert (anna.name, anna.email, anna.phone) == ("Anna Weber", "Anna@krone.example", "+4915123456789")
    keeping.change(anna, phone=None)
    assert (Contact.objects.get().phone, Contact.objects.get().name) == (None, "Anna Weber")


def test_somebody_without_a_name_or_an_address_is_refused(company):
    with pytest.raises(Invalid):
        keeping.add(company)
    anna = keeping.add(company, name="Anna")
    with pytest.raises(Invalid):
        keeping.change(anna, name="")
    assert names(company) == ["Anna"]


def test_a_person_has_nobody_until_they_are_a_company(cafe):
    member = joining.register(name="Anna")
    with pytest.raises(keeping.NotACompany):
        keeping.add(member, name="Ben")
    assert names(member) == []
    keeping.add(editing.change(member, kind="company"), name="Ben")
    assert names(member) == ["Ben"]


def test_a_company_has_two_hundred_people_at_most(company):
    Contact.objects.bulk_create([Contact(member=company, name=str(number)) for number in range(200)])
    with pytest.raises(keeping.TooManyPeople):
        keeping.add(company, name="201")
    assert keeping.of(company).count() == 200


def test_they_are_in_the_export_and_go_with_the_company(company):
    keeping.add(company, name="Anna", email="anna@krone.example")
    exported = exporting.of_member(company)
    assert exported["member"]["kind"] == "company"
    assert [(row["name"], row["email"]) for row in exported["contacts"]] == [("Anna", "anna@krone.example")]
    privacy.erase(company)
    assert Contact.objects.count() == 0


def test_they_come_along_when_two_cards_are_brought_together(company):
    other = joining.register(name="Hotel Krone", kind="company")
    keeping.add(company, name="Anna")
    merging.finish(*merging.begin(company, other))
    assert names(Member.objects.get(id=other.id)) == ["Anna"]
