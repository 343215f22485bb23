"""The owner's pages."""

from django.urls import path

from loyalty.dashboard.views import landing, starting

app_name = "dashboard"

urlpatterns = [
    path("language/", landing.language, name="language"),
    path("enter/<str:token>/", landing.enter, name="enter"),
    path("start/", starting.start, name="start"),
    path("start/shop/", starting.start_shop, name="start_shop"),
    path("start/look/", starting.start_look, name="start_look"),
    path("start/look/tokens/", starting.tokens, name="tokens"),
    path("start/card/", starting.start_program, name="start_program"),
    path("start/card/preview/", starting.draft_preview, name="draft_preview"),
    path("start/done/", starting.start_done, name="start_done"),
]
