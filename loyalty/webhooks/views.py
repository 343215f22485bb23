"""Where Stripe delivers its events. Outside of the API: there is no key, what counts is the signature."""

import structlog
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from loyalty import ids, tenancy
from loyalty.errors import NotFound
from loyalty.merchants.models import Merchant
from programs.subscriptions import stripe_link
from rewards import club

LARGEST_BODY = 1_000_000
log = structlog.get_logger("loyalty.webhooks")


@csrf_exempt
@require_POST
def stripe(request, merchant_id):
    """Take one event: 200 when it was followed, now or before; 400 where it is not signed as Stripe signs.

    Anything else that goes wrong is an error of ours, and Stripe sends the event again.
    """
    merchant = _merchant(merchant_id)
    payload = request.read(LARGEST_BODY + 1)
    if merchant is None:
        return HttpResponse(status=404)
    if len(payload) > LARGEST_BODY:
        return HttpResponse(status=413)
    with tenancy.scope(merchant):
        try:
            event = stripe_link.verified(payload, request.headers.get("Stripe-Signature", ""))
        except stripe_link.NotSigned as refusal:
            log.warning("stripe event refused", merchant=merchant.public_id, reason=str(refusal))
            return HttpResponse(status=400)
        club.follow(event)
    return HttpResponse(status=200)


def _merchant(public_id):
    try:
        return Merchant.objects.defer("logo").filter(id=ids.parse("mer", public_id)).first()
    except NotFound:
        return None
