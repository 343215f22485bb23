"""Where everything is. Only this file imports views."""

from django.urls import include, path

from loyalty.dashboard.views.landing import landing
from loyalty.measuring import metrics

urlpatterns = [
    path("", landing, name="landing"),
    path("accounts/", include("allauth.urls")),
    path("dashboard/", include("loyalty.dashboard.urls")),
    path("counter/", include("loyalty.counter.urls")),
    path("", include("loyalty.card.urls")),
    path("api/", include("loyalty.rest.urls")),
    path("webhooks/", include("loyalty.webhooks.urls")),
    path("design/", include("loyalty.design.urls")),
    path("inbox/", include("loyalty.inbox.urls")),
    path("metrics", metrics, name="prometheus-django-metrics"),
]
