"""The served schema, and the page that shows it."""

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from loyalty.rest.resource import AlwaysJson


class OpenApi(SpectacularAPIView):
    """The document, generated from the code. Anyone may read it: it tells nothing of any merchant."""

    renderer_classes = [OpenApiJsonRenderer]
    content_negotiation_class = AlwaysJson
    authentication_classes = []
    permission_classes = [AllowAny]


class Docs(SpectacularSwaggerSplitView):
    """The document for people. Its script comes from its own address, as the content security policy asks."""

    authentication_classes = []
    permission_classes = [AllowAny]
    url_name = "rest:openapi"
    template_name = "rest/docs.html"
