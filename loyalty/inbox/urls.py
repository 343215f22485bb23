from django.urls import path

from loyalty.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.inbox, name="list"),
    path("<str:mail_id>/", views.inbox, name="mail"),
    path("<str:mail_id>/html/", views.html, name="html"),
]
