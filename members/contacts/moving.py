"""The people of a company, when two members become one. Rule: docs/rules/moving.md, "Merges"."""

from members.contacts.models import Contact


def move(from_id, into_id):
    """The people of a merged member are the survivor's from then on. Both members are locked by the caller."""
    Contact.objects.filter(member=from_id).update(member=into_id)
