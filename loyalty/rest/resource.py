"""The base of every API view: key, limit, language, one transaction in the merchant's scope, idempotency, problems."""

from contextlib import nullcontext

from django.db import transaction
from django.http import HttpResponse
from django.utils import translation
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from loyalty import tenancy
from loyalty.errors import Conflict, Refused
from loyalty.rest import acting, bodies, idempotency, languages, limits, problems

JSON = "application/json"


class AlwaysJson(BaseContentNegotiation):
    """Whatever Accept says: this API speaks JSON, and a client that asks otherwise is better off with it."""

    def select_parser(self, request, parsers):
        return parsers[0]

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], JSON


class Resource(APIView):
    """A path of the API. A method parses, calls one verb, and returns an answer (see `answer`).

    Within a method the merchant's scope is open, and everything it does is one transaction. A method that is
    described by `schema.operation` says which scope the key needs.
    """

    content_negotiation_class = AlwaysJson
    http_method_names = ["get", "post", "patch", "delete", "head"]
    largest_body = 1_000_000
    # False where a method opens scopes of its own.
    is_one_transaction = True
    # True where an answer tells a secret that is kept nowhere else.
    tells_secrets = False

    @property
    def merchant(self):
        return self.request.auth.merchant

    @property
    def actor(self):
        """Who did it, as entries and the audit log show it."""
        return f"{self.request.auth.name} (API)"

    @property
    def query(self):
        return self.request.query_params

    def body(self, shape):
        """The request's body as a shape of `loyalty.rest.shapes`. Raises Invalid, naming every field that is wrong."""
        return bodies.read(shape, self.raw)

    def dispatch(self, request, *args, **kwargs):
        self.args, self.kwargs, self.allowance = args, kwargs, None
        self.request = request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            response = self._respond(request)
        except Exception as error:
            response = self._problem(error)
        for name, value in self.allowance.headers.items() if self.allowance else ():
            response.headers[name] = value
        return self.finalize_response(request, response, *args, **kwargs)

    def _respond(self, request):
        self.format_kwarg, self.format = None, None
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        self.perform_authentication(request)
        if request.auth is not None:
            self.allowance = limits.take(request.auth)
        self.check_permissions(request)
        handler = self._handler(request)
        self.raw = bodies.raw(request._request, self.largest_body)
        bodies.check_address(self.kwargs, request.query_params, handler.query)
        with translation.override(self._language()), idempotency.was_first():
            return self._served(handler, request)

    def _handler(self, request):
        method = request.method.lower()
        if method not in self.http_method_names or not hasattr(self, method):
            self.http_method_not_allowed(request)
        return getattr(self, method)

    def _served(self, handler, request):
        """The answer, in the merchant's own scope; or, for a coalition's card at its till, in the operator's."""
        try:
            with self._scope():
                return self._once(handler, request)
        except acting.Elsewhere as elsewhere:
            # All that was done has been undone with the scope's transaction: it begins anew.
            operator = elsewhere.operator_for(self.merchant)
            with tenancy.scope(operator, acting=self.merchant):
                return self._once(handler, request)

    def _scope(self):
        return tenancy.scope(self.merchant) if self.is_one_transaction else nullcontext()

    def _scope_of_its_own(self):
        # Apart from the work, the claim does not last until the record: the work has to bear being done twice.
        return nullcontext() if self.is_one_transaction else tenancy.scope(self.merchant)

    def _once(self, handler, request):
        """The answer, from the handler or from the first request with this idempotency key."""
        key = idempotency.key_of(request) if request.method == "POST" else None
        if key is None:
            return handler(request, **self.kwargs)
        key = acting.key_of(key)
        print_ = idempotency.fingerprint(request.method, request.path_info, self.raw)
        with self._scope_of_its_own():
            claim, earlier = idempotency.claim(key, print_)
        if earlier is not None:
            return earlier
        response = self._or_refusal(handler, request)
        with self._scope_of_its_own():
            idempotency.record(claim, response, sealed=self.tells_secrets)
        return response

    def _or_refusal(self, handler, request):
        """The handler's answer, or its refusal with all that it wrote undone; what may pass is raised on."""
        try:
            with transaction.atomic() if self.is_one_transaction else nullcontext():
                return handler(request, **self.kwargs)
        except (Conflict, problems.TooMany, problems.TooMuch):
            raise
        except Refused as refused:
            return problems.of_refusal(refused).response()

    def _problem(self, error):
        if isinstance(error, limits.OverLimit):
            self.allowance = error.allowance
        with translation.override(self._language()):
            problem = problems.of(error)
            if problem is None:
                raise error
            return problem.response()

    def _language(self):
        # Reading request.auth here would authenticate once more where authentication is what failed.
        key = getattr(self.request, "_auth", None)
        return languages.of(self.request, key.merchant if key else None)


def answer(shape, status=200, headers=None):
    """An answer of a shape, written while the scope is open: times are told in the merchant's timezone."""
    return HttpResponse(
        shape.model_dump_json(by_alias=True), status=status, content_type=JSON, headers=headers
    )
