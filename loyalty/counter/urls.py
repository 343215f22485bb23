"""The counter's addresses. All below /counter/, which is what its service worker may see."""

from django.urls import path

from loyalty.counter import shell, views

app_name = "counter"

urlpatterns = [
    path("", views.home, name="home"),
    path("person/", views.person, name="person"),
    path("leave/", views.leave, name="leave"),
    path("find/", views.find, name="find"),
    path("guest/<str:member_id>/", views.guest, name="guest"),
    path("guest/<str:member_id>/preview/", views.preview, name="preview"),
    path("new/", views.new, name="new"),
    path("bookings/", views.bookings, name="bookings"),
    path("redemptions/", views.redemptions, name="redemptions"),
    path("gift-cards/charge/", views.charge, name="charge"),
    path("gift-cards/<str:gift_card_id>/", views.gift_card, name="gift_card"),
    path("override/", views.override, name="override"),
    path("undo/", views.undo, name="undo"),
    path("state/", shell.state, name="state"),
    path("sw.js", shell.worker, name="worker"),
    path("manifest.json", shell.manifest, name="manifest"),
]
