"""The paths of the API. A trailing slash is accepted on each of them."""

from django.urls import re_path

from loyalty.rest.docs import Docs, OpenApi
from loyalty.rest.resources import merchants

app_name = "rest"
PARAMETER = r"(?P<{}>[^/]+)"


def v1(path, view, name):
    """`v1("api-keys/{key_id}", …)`: a path below /api/v1, with and without its trailing slash."""
    parts = [PARAMETER.format(part[1:-1]) if part.startswith("{") else part for part in path.split("/")]
    return re_path(f"^v1/{'/'.join(parts)}/?$", view.as_view(), name=name)


urlpatterns = [
    re_path(r"^v1/openapi\.json/?$", OpenApi.as_view(), name="openapi"),
    re_path(r"^docs/?$", Docs.as_view(), name="docs"),
    v1("api-keys", merchants.ApiKeyList, "api-keys"),
    v1("api-keys/{key_id}", merchants.ApiKeyDetail, "api-key"),
    v1("api-keys/{key_id}/revocation", merchants.ApiKeyRevocation, "api-key-revocation"),
    v1("locations", merchants.LocationList, "locations"),
    v1("locations/{location_id}", merchants.LocationDetail, "location"),
    v1("staff", merchants.StaffList, "staff"),
    v1("staff/{staff_id}", merchants.StaffDetail, "staff-member"),
    v1("events", merchants.EventList, "events"),
    v1("events/{event_id}", merchants.EventDetail, "event"),
]
