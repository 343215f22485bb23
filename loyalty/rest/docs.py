"""The served schema, and the page that shows it. Anyone may read both: they tell nothing of any merchant."""

import json
from functools import cache

from django.http import HttpResponse
from django.views import View
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

CONTENT_TYPE = "application/vnd.oai.openapi+json"


class OpenApi(View):
    http_method_names = ["get", "head"]

    def get(self, request):
        return HttpResponse(_document(), content_type=CONTENT_TYPE)


class Docs(SpectacularSwaggerSplitView):
    """The document for people. Its script comes from its own address, as the content security policy asks."""

    authentication_classes = []
    permission_classes = [AllowAny]
    url_name = "rest:openapi"
    template_name = "rest/docs.html"


@cache
def _document():
    # Generated from the code once per process: it cannot change before the next start.
    schema = SchemaGenerator(urlconf="loyalty.rest.urls").get_schema(request=None, public=True)
    return json.dumps(schema, ensure_ascii=False)
