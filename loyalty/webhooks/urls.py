from django.urls import path

from loyalty.webhooks import views

app_name = "webhooks"

urlpatterns = [path("stripe/<str:merchant_id>/", views.stripe, name="stripe")]
