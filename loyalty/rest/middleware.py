"""API calls pass a lean stack: no session, no cookies, no templates."""

from django.core.signals import got_request_exception
from django.urls import Resolver404, get_resolver
from django.utils import translation

from loyalty.errors import NotFound
from loyalty.rest import languages, problems

PREFIX = "/api/v1/"
URLCONF = "loyalty.rest.urls"
BELOW = len("/api")


class LeanApi:
    """Placed first. Paths of the API skip every middleware behind it: they need none of what those bring.

    What those would have done for an API call is done here: finding the view, turning exceptions into answers,
    and the one security header that matters to JSON.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        response = self._answer(request)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answer(self, request):
        try:
            match = request.resolver_match = get_resolver(URLCONF).resolve(request.path_info[BELOW:])
            response = match.func(request, *match.args, **match.kwargs)
            return response.render() if hasattr(response, "render") else response
        except Resolver404:
            return self._problem(request, problems.of_refusal, NotFound(path=request.path_info))
        except Exception as error:
            # Tests and error reporting listen to this signal, which the skipped stack would have sent.
            got_request_exception.send(sender=type(self), request=request)
            return self._problem(request, lambda error: problems.mistake(request, error), error)

    def _problem(self, request, make, error):
        with translation.override(languages.asked(request) or languages.DEFAULT):
            return make(error).response()
