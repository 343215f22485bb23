"""The launch kit: the poster and the card for the counter, what the team says, the link to sign up."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from loyalty import brands
from loyalty.dashboard import advice, offers
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.pages import page
from loyalty.dashboard.paper import poster, sheet
from loyalty.merchants import auditing
from programs import catalogue

LONGEST_HEADLINE = 90
PREVIEW_WIDTH = 1190
PRINT_WIDTH = 2480


@with_merchant
@require_GET
def launch_kit(request: MerchantRequest) -> HttpResponse:
    """The kit. The owner's own headline stands in the address, so that each file is drawn with it."""
    offer = _offer(request)
    live = next(iter(catalogue.live()), None)
    with brands.spoken_to_guests(request.merchant):
        said = [
            _("Do you have our card? Scan the code here, it takes twenty seconds."),
            f"{offer.headline} {offers.rule(live)}".strip(),
            _("No app, no password. Next time you just show the card on your phone."),
        ]
    context = {
        "offer": offer,
        "own": request.GET.get("headline", "")[:LONGEST_HEADLINE],
        "ours": _ours(request, live),
        "said": said,
        "logo_not_drawn": request.merchant.logo_type == "image/svg+xml",
    }
    return page(request, "dashboard/launch_kit.html", "launch_kit", context)


def _ours(request: MerchantRequest, live: catalogue.Live | None) -> str:
    with brands.spoken_to_guests(request.merchant):
        return offers.promise(live)


@with_merchant
@require_GET
def draw(request: MerchantRequest, size: str, kind: str) -> HttpResponse:
    """The poster as a file. size: a4, a5, a6. kind: pdf, or png; `?preview` for a smaller one to be looked at."""
    if size not in poster.SIZES or kind not in ("pdf", "png"):
        raise Http404
    offer = _offer(request)
    content = poster.pdf(offer, size)
    if kind == "png":
        content = sheet.png(content, width=PRINT_WIDTH if "download" in request.GET else PREVIEW_WIDTH)
    answer = HttpResponse(content, content_type={"pdf": "application/pdf", "png": "image/png"}[kind])
    if "download" in request.GET or kind == "pdf":
        auditing.record(request.actor, advice.PRINTED, request.merchant.public_id, size=size, kind=kind)
        name = f"{request.merchant.slug}-{size}.{kind}"
        answer["Content-Disposition"] = (
            f'inline; filename="{name}"' if kind == "pdf" else f'attachment; filename="{name}"'
        )
    return answer


def _offer(request: MerchantRequest) -> poster.Offer:
    live = next(iter(catalogue.live()), None)
    own = " ".join(request.GET.get("headline", "").split())[:LONGEST_HEADLINE]
    address = offers.sign_up_url(request.merchant, settings.PUBLIC_URL)
    with brands.spoken_to_guests(request.merchant):
        return offers.of(request.merchant, live, headline=own, address=address)
