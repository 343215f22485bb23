"""Messages as the API tells them."""

from campaigns import addressing, audience
from loyalty import ids, tenancy
from loyalty.rest.shapes import messages as shapes
from members.models import Consent, Member

SAME = ("campaign", "channel", "occasion", "language", "status", "due_at", "sent_at", "created_at", "problem")


def messages(rows):
    """Messages; a sandbox's with what they say, as it would be sent now."""
    said = _said(rows) if tenancy.merchant().is_sandbox else {}
    return [
        shapes.Message(
            id=row.public_id, member=ids.public("mem", row.member_id),
            **{name: getattr(row, name) for name in SAME},
            **said.get(row.id, {"to": None, "subject": None, "text": None}),
        )
        for row in rows
    ]  # fmt: skip


def _said(rows):
    """Address, subject and text by message id; of erased members nothing is left to say."""
    people = Member.objects.filter(id__in={row.member_id for row in rows}, email_key__isnull=False)
    members = {member.id: member for member in people}
    consents = audience.consents(members, Consent.Purpose.EMAIL_MARKETING)
    rows = [row for row in rows if row.member_id in members]
    to = addressing.addressees(tenancy.merchant(), rows, members, consents)
    mails = {row.id: addressing.mail(row, to[row.id]) for row in rows}
    return {key: {"to": mail.to, "subject": mail.subject, "text": mail.text} for key, mail in mails.items()}
