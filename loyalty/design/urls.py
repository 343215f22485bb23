"""The page that shows the visual language, and previews of the customer's pages with example figures."""

from django.urls import path

from loyalty.design import views

urlpatterns = [
    path("", views.design, name="design"),
    path("preview/<slug:name>/", views.preview, name="design-preview"),
]
