"""What moves between accounts: transfers from member to member, cards that are brought together."""

from loyalty.merchants import auditing
from loyalty.rest import named, pagination
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import members as member_rows
from loyalty.rest.rows import moving as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import members, moving
from members import finding
from members.models import Member
from programs import transferring
from programs.models import Entry
from rewards import merging

TRANSFERS = (Entry.Kind.TRANSFER_OUT, Entry.Kind.TRANSFER_IN)


class MemberTransfers(Resource):
    @operation(
        "List what a member gave and received, the newest first", scope="read", answers={200: members.Entries},
        pages=True,
    )  # fmt: skip
    def get(self, request, member_id):
        moved = Entry.objects.filter(account__member=named.member_in_path(member_id), kind__in=TRANSFERS)
        page, following = pagination.page(self.query, moved.select_related("account__program"))
        return answer(members.Entries(data=member_rows.entries(page), next_cursor=following))

    @operation(
        "Give points or stamps to another member; they keep their expiry dates", scope="counter",
        takes=moving.NewTransfer, answers={201: moving.Transfer},
    )  # fmt: skip
    def post(self, request, member_id):
        body, member = self.body(moving.NewTransfer), named.member_in_path(member_id)
        done = transferring.transfer(
            member=member, to=finding.find(id=body.to), program=named.program(body.program), amount=body.amount,
            actor=self.actor,
        )  # fmt: skip
        return answer(rows.transfer(done), 201)


class MemberMerge(Resource):
    @operation(
        "Bring two cards of one person together: this one goes into the other", scope="admin", takes=moving.Merge,
        answers={200: members.Member},
    )  # fmt: skip
    def post(self, request, member_id):
        body = self.body(moving.Merge)
        # The row itself: of one that was merged before, it is to be said that it was.
        member = Member.objects.by_public_id(Member.prefix, member_id)
        survivor = merging.merge(member, finding.find(id=body.into), actor=self.actor)
        auditing.record(self.actor, "member.merged", survivor.public_id, merged=member.public_id)
        return answer(member_rows.member(survivor))
