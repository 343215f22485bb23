"""The way to Stripe: a merchant's account there, its checkout and portal, and the proof that an event is Stripe's.

Rule: docs/rules/vip.md, "Paying by Stripe".
"""

import json

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from loyalty import clock, sealing, tenancy
from loyalty.errors import Conflict, Refused
from loyalty.merchants import auditing
from members import finding
from programs.subscriptions.models import StripeAccount

TIMEOUT_SECONDS = 10
# How old a signature may be. Stripe signs each delivery anew, so that late ones are in time as well.
TOLERANCE_SECONDS = 300


class StripeNotSetUp(Refused):
    code = "stripe_not_set_up"
    sentence = _("Online payment is not set up yet. Enter the keys of your Stripe account first.")


class StripeUnavailable(Conflict):
    code = "stripe_unavailable"
    sentence = _("Stripe does not answer right now. Please try again.")


class StripeRefused(Refused):
    code = "stripe_refused"
    sentence = _("Stripe refused this: %(reason)s")


class NotPaidOnline(Refused):
    code = "not_paid_online"
    sentence = _("This subscription is not paid online.")


class NotSigned(Exception):
    """Not an event that Stripe has signed for this merchant a short while ago. Says why."""


def set_up(*, secret_key: str, webhook_secret: str, actor: str) -> StripeAccount:
    """Keep the merchant's keys, sealed; those before are gone."""
    kept = {
        "secret_key": sealing.seal(secret_key), "webhook_secret": sealing.seal(webhook_secret),
        "key_hint": secret_key[-4:], "changed_at": clock.now(),
    }  # fmt: skip
    account, _made = StripeAccount.objects.update_or_create(id=tenancy.merchant().id, defaults=kept)
    auditing.record(actor, "payments.set_up", tenancy.merchant().public_id, hint=account.key_hint)
    return account


def account() -> StripeAccount | None:
    """The account of the merchant in scope."""
    return StripeAccount.objects.first()


def webhook_url() -> str:
    """Where the merchant has Stripe send its events."""
    return f"{settings.PUBLIC_URL}/webhooks/stripe/{tenancy.merchant().public_id}/"


def verified(payload: bytes, signature: str) -> dict:
    """The event in a delivery. Raises NotSigned unless it carries the merchant's signature of just now.

    Signatures are dated by the real time, also where a sandbox's clock stands still.
    """
    kept = account()
    if kept is None:
        raise NotSigned("no account")
    try:
        text, secret = payload.decode(), sealing.unseal(kept.webhook_secret)
        stripe.WebhookSignature.verify_header(text, signature, secret, TOLERANCE_SECONDS)
        event = json.loads(text)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise NotSigned(str(error)) from None
    if not isinstance(event, dict) or event.get("object") != "event":
        raise NotSigned("no event")
    return event


def open_checkout(subscription, *, trial_days: int) -> tuple[str, str]:
    """Have Stripe ask for the first payment. Returns the session's id and the address to send the guest to.

    Sent twice for the same subscription it is one session. Raises StripeNotSetUp, StripeUnavailable, StripeRefused.
    """
    named = {"subscription": subscription.public_id}
    back = _card_of(subscription.member)
    params = {
        "mode": "subscription",
        "client_reference_id": subscription.public_id,
        "success_url": back,
        "cancel_url": back,
        "line_items": [{"quantity": 1, "price_data": _price(subscription)}],
        "metadata": named,
        "subscription_data": {"metadata": named} | ({"trial_period_days": trial_days} if trial_days else {}),
    }
    if subscription.member.email:
        params["customer_email"] = subscription.member.email
    session = _ask(
        lambda client: client.v1.checkout.sessions.create(
            params, {"idempotency_key": f"checkout-{subscription.public_id}"}
        )
    )
    return session.id, session.url


def close_checkout(session_id: str):
    """Close a checkout that nobody has finished, so that nobody does any more. Raises StripeRefused if one did."""
    _ask(lambda client: client.v1.checkout.sessions.expire(session_id))


def open_portal(customer: str, member) -> str:
    """The address at which a customer changes the means of payment, and finds invoices."""
    params = {"customer": customer, "return_url": _card_of(member)}
    return _ask(lambda client: client.v1.billing_portal.sessions.create(params)).url


def cancel(subscription, *, at_period_end: bool):
    """Cancel at once, or at the end of what is paid."""
    if at_period_end:
        _update(subscription, cancel_at_period_end=True)
    else:
        _ask(lambda client: client.v1.subscriptions.cancel(subscription.stripe_subscription))


def take_back_cancellation(subscription):
    _update(subscription, cancel_at_period_end=False)


def pause(subscription):
    """Take no fee until it goes on."""
    _update(subscription, pause_collection={"behavior": "void"})


def go_on(subscription):
    """Take fees again, the next one at the period's end: the days that were paid for and not used come first."""
    # In Stripe's terms these days are a trial: nothing is charged for them.
    until = int(subscription.period_ends_at.timestamp())
    _update(subscription, pause_collection="", trial_end=until, proration_behavior="none")


def _update(subscription, **params):
    return _ask(lambda client: client.v1.subscriptions.update(subscription.stripe_subscription, params))


def _ask(question):
    try:
        return question(_client())
    except (stripe.APIConnectionError, stripe.RateLimitError):
        raise StripeUnavailable() from None
    except stripe.StripeError as error:
        raise StripeRefused(reason=error.user_message or type(error).__name__) from None


def _client():
    kept = account()
    if kept is None:
        raise StripeNotSetUp()
    bases = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None
    return stripe.StripeClient(
        sealing.unseal(kept.secret_key), base_addresses=bases,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )  # fmt: skip


def _price(subscription):
    return {
        "currency": subscription.currency.lower(),
        "unit_amount": subscription.price_minor,
        "recurring": {"interval": subscription.interval},
        "product_data": {"name": f"{subscription.program.name}: {subscription.plan}"},
    }


def _card_of(member):
    card = finding.cards_of([member]).get(member.id)
    return finding.card_url(card) if card else settings.PUBLIC_URL
