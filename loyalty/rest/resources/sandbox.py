"""The test clock of a sandbox."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from campaigns import turning
from loyalty import tenancy
from loyalty.errors import Invalid, NotFound
from loyalty.rest import acting
from loyalty.rest.resource import Resource, answer
from loyalty.rest.schema import operation
from loyalty.rest.shapes.answers import TestClock, TurnClock, TurnedClock

# On the way every month is visited: a slip of the pen in the year must not keep a worker busy for hours.
FARTHEST = timedelta(days=366 * 30)


class Clock(Resource):
    """Turning is a transaction for each due moment on the way, and not one for all: see campaigns.turning."""

    is_one_transaction = False

    @operation("Read the test clock", scope="read", answers={200: TestClock})
    def get(self, request):
        with tenancy.scope(self._sandbox()):
            return answer(TestClock(now=self.merchant.clock_at))

    @operation(
        "Turn the test clock forward; answers when all that was due has happened", scope="admin", takes=TurnClock,
        answers={200: TurnedClock},
    )  # fmt: skip
    def post(self, request):
        sandbox, to = self._sandbox(), self.body(TurnClock).now
        if to > sandbox.clock_at + FARTHEST:
            raise Invalid({"now": [_("Turn the clock by at most 30 years at once.")]})
        ran = turning.turn(merchant=sandbox, to=to)
        # Sandboxes in a coalition follow the operator's clock, as far as theirs is behind.
        for partner in acting.partners_of(sandbox):
            if partner.is_sandbox and partner.clock_at < to:
                turning.turn(merchant=partner, to=to)
        with tenancy.scope(sandbox):
            return answer(TurnedClock(now=sandbox.clock_at, ran=ran))

    def _sandbox(self):
        if not self.merchant.is_sandbox:
            raise NotFound()
        return self.merchant
