"""Recognition: given by the shop to guests of its choice, and proposed from a month's figures."""

from datetime import date

from django.utils.translation import gettext as _

from loyalty import ids
from loyalty.errors import Invalid
from loyalty.rest import named
from loyalty.rest.resource import Resource, answer
from loyalty.rest.rows import members
from loyalty.rest.rows import rewards as rows
from loyalty.rest.schema import operation
from loyalty.rest.shapes import rewards as shapes
from rewards import awards


class RewardAwards(Resource):
    @operation(
        "Give recognition to a member, and say why", scope="admin", takes=shapes.NewAward,
        answers={201: shapes.MadeRedemption},
    )  # fmt: skip
    def post(self, request, reward_id):
        body, reward = self.body(shapes.NewAward), named.reward(reward_id)
        member = named.somebody(body)
        given = awards.give(member=member, reward=reward, text=body.text, actor=self.actor)
        told = rows.redemption(given).model_dump()
        return answer(shapes.MadeRedemption(**told, member_state=members.state(member)), 201)


class RewardProposals(Resource):
    @operation(
        "Whom a month's figures propose for recognition", scope="read", answers={200: shapes.Proposals},
        query={"month": "YYYY-MM; without it the last month that is over."},
    )  # fmt: skip
    def get(self, request, reward_id):
        reward, month = named.reward(reward_id), _month(self.query.get("month"))
        data = [
            shapes.Proposal(
                by=one.by, member=ids.public("mem", one.member_id), visits=one.visits, spend_minor=one.spend_minor,
                first_visit_at=one.first_visit_at, awarded=one.awarded,
            )
            for one in awards.proposals(reward, month=month)
        ]  # fmt: skip
        return answer(shapes.Proposals(month=f"{month:%Y-%m}", data=data))


def _month(text):
    if text is None:
        return awards.last_month()
    try:
        month = date.fromisoformat(f"{text}-01")
        if not 1970 <= month.year <= 2999:
            raise ValueError(text)
    except ValueError:
        raise Invalid({"month": [_("Write a month like 2026-03.")]}) from None
    return month
