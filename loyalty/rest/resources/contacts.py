"""The people of a company: several on one account."""

from loyalty.errors import NotFound
from loyalty.rest import named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import contacts as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import contacts as shapes
from loyalty.rest.shapes.answers import Nothing
from members.contacts import keeping
from members.contacts.models import Contact


class ContactList(Resource):
    @operation(
        "List the people of a company, the newest first", scope="read", answers={200: shapes.Contacts}, pages=True
    )  # fmt: skip
    def get(self, request, member_id):
        page, following = pagination.page(self.query, keeping.of(named.member_in_path(member_id)))
        return answer(shapes.Contacts(data=[rows.contact(row) for row in page], next_cursor=following))

    @operation(
        "Write down somebody who buys for a company", scope="counter", takes=shapes.NewContact,
        answers={201: shapes.Contact},
    )  # fmt: skip
    def post(self, request, member_id):
        body = self.body(shapes.NewContact)
        added = keeping.add(named.member_in_path(member_id), **body.model_dump(exclude_unset=True))
        return answer(rows.contact(added), 201)


class ContactDetail(Resource):
    @operation("Read one of a company's people", scope="read", answers={200: shapes.Contact})
    def get(self, request, member_id, contact_id):
        return answer(rows.contact(_contact(member_id, contact_id)))

    @operation(
        "Change one of a company's people", scope="counter", takes=shapes.ChangedContact,
        answers={200: shapes.Contact},
    )  # fmt: skip
    def patch(self, request, member_id, contact_id):
        body, contact = self.body(shapes.ChangedContact), _contact(member_id, contact_id)
        return answer(rows.contact(keeping.change(contact, **body.model_dump(exclude_unset=True))))


class ContactErasure(Resource):
    @operation("Forget one of a company's people", scope="counter", answers={200: Nothing})
    def post(self, request, member_id, contact_id):
        self.body(Nothing)
        keeping.remove(_contact(member_id, contact_id))
        return answer(Nothing())


def _contact(member_id, contact_id):
    contact = Contact.objects.by_public_id("con", contact_id)
    if contact.member_id != named.member_in_path(member_id).id:
        raise NotFound(id=contact_id)
    return contact
