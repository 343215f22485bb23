"""The customer's pages. The address of a card is its secret: whoever has it has the card."""

from django.urls import path

from loyalty.card import gifts, joining, legal, mail_links, own_data, pack_codes, redeeming, views

urlpatterns = [
    path("join/<slug:slug>/", joining.join, name="join"),
    path("join/<slug:slug>/code/", joining.enter_code, name="enter_code"),
    path("join/<slug:slug>/find/", joining.find, name="find_card"),
    path("privacy/<slug:slug>/", legal.privacy, name="privacy"),
    path("imprint/<slug:slug>/", legal.imprint, name="imprint"),
    path("icon/<slug:slug>.svg", legal.icon, name="card_icon"),
    path("card/<str:token>/", views.card, name="card"),
    path("card/<str:token>/history/", views.history, name="card_history"),
    path("card/<str:token>/install/", views.install, name="card_install"),
    path("card/<str:token>/manifest.webmanifest", views.manifest, name="card_manifest"),
    path("card/<str:token>/redeem/<str:reward_id>/", redeeming.now, name="card_redeem"),
    path("card/<str:token>/code/", pack_codes.enter, name="card_code"),
    path("card/<str:token>/settings/", own_data.settings, name="card_settings"),
    path("card/<str:token>/data.json", own_data.export, name="card_export"),
    path("card/<str:token>/delete/", own_data.delete, name="card_delete"),
    path("gift/<str:token>/", gifts.gift, name="gift"),
    path("u/<str:token>/", mail_links.unsubscribe, name="unsubscribe"),
    path("confirm/<str:token>/", mail_links.confirm, name="confirm"),
]
