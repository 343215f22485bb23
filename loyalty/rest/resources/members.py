"""Members: joining, looking up, changing, correcting, taking along and forgetting."""

import re

from loyalty import tenancy
from loyalty.errors import Invalid, Refused
from loyalty.merchants import auditing
from loyalty.rest import acting, bodies, named, pagination, problems
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import members as rows
from loyalty.rest.rows import partners
from loyalty.rest.rows import rewards as reward_rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import members as shapes
from loyalty.rest.shapes.answers import Nothing, Problem
from loyalty.rest.shapes.coalition import FoundMember
from loyalty.rest.shapes.rewards import Vouchers
from members import consents, editing, finding, privacy, referring
from members.models import Member
from programs import enrolling
from programs.models import Account, Entry
from rewards.models import Voucher

MOST = 10_000
LOOKUPS = ("card", "phone", "email", "external_id")


class MemberList(Resource):
    @operation(
        "List members, the newest first", scope="read", answers={200: shapes.Members}, pages=True,
        query={"program": "Only members with an account in this program."},
    )  # fmt: skip
    def get(self, request):
        found = Member.objects.exclude(status=Member.Status.MERGED)
        if program := self.query.get("program"):
            held = Account.objects.filter(program=named.program(program))
            found = found.filter(id__in=held.values("member_id"))
        page, following = pagination.page(self.query, found)
        return answer(shapes.Members(data=rows.members(page), next_cursor=following))

    @operation(
        "Make somebody a member", scope="counter", takes=shapes.NewMember, answers={201: shapes.Member}
    )
    def post(self, request):
        body = self.body(shapes.NewMember)
        person = _person(body, _evidence(request.auth), _brought([body]))
        if isinstance(person, Invalid):
            raise person
        member = enrolling.join(**person, source="api")
        return answer(rows.member(member), 201)


class MemberBatch(Resource):
    largest_body = 32_000_000

    @operation(
        "Make many people members; good rows are kept when others fail", scope="counter",
        takes=shapes.NewMembers, answers={200: shapes.MemberResults},
    )  # fmt: skip
    def post(self, request):
        read = bodies.read_rows(shapes.NewMember, self.raw, "members", MOST)
        evidence = _evidence(request.auth)
        brought = _brought(row for row in read if not isinstance(row, Invalid))
        people = [row if isinstance(row, Invalid) else _person(row, evidence, brought) for row in read]
        good = [one for one in people if not isinstance(one, Invalid)]
        joined = iter(enrolling.join_many(good, source="api"))
        results = [one if isinstance(one, Invalid) else next(joined) for one in people]
        told = iter(rows.members([one.member for one in results if not isinstance(one, Refused)]))
        return answer(shapes.MemberResults(results=[_result(one, told) for one in results]))


class MemberLookup(Resource):
    @operation(
        "Find a member by exactly one of these", scope="read", answers={200: FoundMember},
        query={
            "card": "The card's code, its address, or the number on it.", "phone": "A phone number.",
            "email": "An e-mail address.", "external_id": "Your own id.",
        },
    )  # fmt: skip
    def get(self, request):
        asked = {name: self.query[name] for name in LOOKUPS if name in self.query}
        if len(asked) != 1:
            raise Invalid({name: [named.ONE_OF_FOUR] for name in asked or LOOKUPS})
        if "phone" in asked:
            # A plus that was not encoded arrives as a blank.
            asked["phone"] = re.sub(r"^ (?=\d)", "+", asked["phone"])
        if "card" not in asked:
            return answer(rows.member(finding.find(**asked)))
        member = acting.by_card(asked["card"])
        return answer(rows.member(member) if tenancy.acting() is None else partners.member(member.id))


class MemberDetail(Resource):
    @operation("Read a member", scope="read", answers={200: shapes.Member})
    def get(self, request, member_id):
        return answer(rows.member(named.member_in_path(member_id)))

    @operation("Change a member", scope="counter", takes=shapes.ChangedMember, answers={200: shapes.Member})
    def patch(self, request, member_id):
        body = self.body(shapes.ChangedMember)
        fields = {name: getattr(body, name) for name in body.model_fields_set - {"consents"}}
        member = editing.change(named.member_in_path(member_id), **fields)
        for said in body.consents:
            _say(member, said, _evidence(request.auth))
        return answer(rows.member(member))


class MemberEntries(Resource):
    @operation(
        "List what was booked for a member, the newest first", scope="read", answers={200: shapes.Entries}, pages=True,
        query={"program": "Only entries in this program."},
    )  # fmt: skip
    def get(self, request, member_id):
        booked = _entries(named.member_in_path(member_id))
        if program := self.query.get("program"):
            booked = booked.filter(account__program=named.program(program))
        page, following = pagination.page(self.query, booked)
        return answer(shapes.Entries(data=rows.entries(page), next_cursor=following))


class MemberVouchers(Resource):
    @operation(
        "List a member's vouchers, the newest first", scope="read", answers={200: Vouchers}, pages=True
    )
    def get(self, request, member_id):
        held = Voucher.objects.filter(member=named.member_in_path(member_id)).select_related("reward")
        page, following = pagination.page(self.query, held)
        return answer(Vouchers(data=reward_rows.vouchers(page), next_cursor=following))


class MemberErasure(Resource):
    @operation("Erase a member's personal data", scope="admin", answers={200: shapes.Member})
    def post(self, request, member_id):
        self.body(Nothing)
        erased = privacy.erase(named.member_in_path(member_id))
        auditing.record(self.actor, "member.erased", erased.public_id)
        return answer(rows.member(erased))


def _entries(member):
    """Of the members who were merged into this one, too; what left there came in here, so that the sum is right."""
    booked = Entry.objects.filter(account__member__in=finding.everyone(member))
    return booked.select_related("account__program")


def _evidence(key):
    return {"source": "api", "key": key.public_id}


def _brought(people):
    """Who is named as having brought somebody: {what they are named by: Member}; who came alone is brought by None."""
    named_by = {body.referred_by for body in people} - {None}
    return {None: None} | referring.find_many(named_by)


def _person(body, evidence, brought):
    """The arguments of joining.register, or the Invalid of a friend whom nobody knows here."""
    if body.referred_by not in brought:
        return referring.unknown()
    return {
        "kind": body.kind,
        "name": body.name, "email": body.email or "", "phone": body.phone or "", "birthday": body.birthday,
        "language": body.language, "external_id": body.external_id, "evidence": evidence,
        "consents": [said.model_dump(exclude_none=True) for said in body.consents],
        "referred_by": brought[body.referred_by],
    }  # fmt: skip


def _say(member, said, evidence):
    if said.given:
        consents.give(member, said.purpose, confirmed=_is_confirmed(said), evidence=evidence)
    else:
        consents.withdraw(member, said.purpose, evidence=evidence)


def _is_confirmed(said):
    return said.purpose not in consents.CONFIRMED_BY_ITS_OWNER if said.confirmed is None else said.confirmed


def _result(one, told):
    if isinstance(one, Refused):
        problem = problems.of_refusal(one)
        return shapes.MemberResult(status=problem.status, problem=Problem(**problem.document()))
    return shapes.MemberResult(status=200 if one.is_repeat else 201, member=next(told))
