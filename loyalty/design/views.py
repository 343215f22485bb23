"""The page that shows the visual language, built only from the real parts."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from loyalty.design import examples, showcase

THEMES = {"dark": "stammgast-dark", "light": "stammgast"}


def design(request: HttpRequest) -> HttpResponse:
    """Foundations, components and the merchant's colour; ?theme=dark or light instead of the device's."""
    theme = THEMES.get(request.GET.get("theme", ""), "")
    return render(request, "design/page.html", {"theme": theme, **showcase.page()})


def preview(request: HttpRequest, name: str) -> HttpResponse:
    """A customer's page with example figures; only where the installation is for trying out.

    Raises Http404 elsewhere and for a page that has no example.
    """
    if not (settings.DEBUG or settings.DEMO) or name not in examples.PAGES:
        raise Http404
    template, context = examples.PAGES[name]
    theme = THEMES.get(request.GET.get("theme", ""), "")
    return render(request, template, {"theme": theme, **context()})
