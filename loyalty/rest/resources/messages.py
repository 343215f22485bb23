"""Messages: what was said to whom, or will be. A sandbox's go nowhere but here."""

from campaigns.models import Message
from loyalty.rest import named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows.messages import messages
from loyalty.rest.schema import operation
from loyalty.rest.shapes import messages as shapes


class MessageList(Resource):
    @operation(
        "List messages, the newest first", scope="read", answers={200: shapes.Messages}, pages=True,
        query={
            "member": "Only messages to this member.", "campaign": "Only messages of this campaign.",
            "status": "due, sending, sent, held, skipped or failed.",
        },
    )  # fmt: skip
    def get(self, request):
        asked = {name: self.query[name] for name in ("campaign", "status") if self.query.get(name)}
        found = Message.objects.filter(**asked)
        if member := self.query.get("member"):
            found = found.filter(member=named.member_in_path(member))
        page, following = pagination.page(self.query, found, by="created_at")
        return answer(shapes.Messages(data=messages(page), next_cursor=following))


class MessageDetail(Resource):
    @operation("Read a message", scope="read", answers={200: shapes.Message})
    def get(self, request, message_id):
        return answer(messages([Message.objects.by_public_id("msg", message_id)])[0])
