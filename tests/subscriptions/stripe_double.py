"""A stand-in for Stripe: a real HTTP server that remembers what was asked of it, and signs events as Stripe does.

It knows what the product uses of Stripe and no more: Checkout sessions in the mode "subscription", the Billing
Portal, and subscriptions that are changed and cancelled. The real `stripe` client speaks to it. What happens at Stripe
by itself (a guest pays, a month passes, a card is declined) is called by tests, and gives the events that Stripe sends.
"""

import hmac
import itertools
import json
import threading
import time
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

SECRET_KEY, WEBHOOK_SECRET = "sk_test_double_4242", "whsec_double"
MONTH = 31 * 86400


class Stripe:
    """What stands at Stripe: sessions, subscriptions, and the events about them in the order of their making."""

    def __init__(self, now):
        self.now = int(now.timestamp())
        self.sessions, self.subscriptions, self.events, self.kept_answers = {}, {}, [], {}
        self.portals, self.is_down = [], False
        self.numbers = itertools.count(1)

    # What the product asks.

    def create_session(self, asked):
        session = {
            "id": f"cs_{next(self.numbers)}", "object": "checkout.session", "status": "open", "asked": asked,
            "url": f"{self.url}/pay/{next(self.numbers)}", "metadata": asked["metadata"],
            "client_reference_id": asked["client_reference_id"], "customer": None, "subscription": None,
        }  # fmt: skip
        self.sessions[session["id"]] = session
        return session

    def expire_session(self, session_id):
        session = self.sessions[session_id]
        if session["status"] != "open":
            raise Refused("Only open checkout sessions can be expired.")
        session["status"] = "expired"
        self.tell("checkout.session.expired", session)
        return session

    def create_portal(self, asked):
        self.portals.append(asked)
        return {
            "id": "bps_1",
            "object": "billing_portal.session",
            "url": f"{self.url}/portal/{asked['customer']}",
        }

    def update_subscription(self, subscription_id, asked):
        row = self.subscriptions[subscription_id]
        if "cancel_at_period_end" in asked:
            row["cancel_at_period_end"] = asked["cancel_at_period_end"] == "true"
        if "pause_collection" in asked:
            row["pause_collection"] = asked["pause_collection"] or None
        if "trial_end" in asked:
            row["status"] = "trialing"
            self._period(row, self.now, int(asked["trial_end"]))
        self.tell("customer.subscription.updated", row)
        return row

    def cancel_subscription(self, subscription_id):
        row = self.subscriptions[subscription_id]
        row["status"] = "canceled"
        self.tell("customer.subscription.deleted", row)
        return row

    # What happens at Stripe.

    def guest_pays(self, session_id):
        """The guest finishes the checkout. Returns the subscription; four events."""
        session = self.sessions[session_id]
        asked = session["asked"]
        price = asked["line_items"]["0"]["price_data"]
        trial = int(asked["subscription_data"].get("trial_period_days", 0)) * 86400
        row = {
            "id": f"sub_{next(self.numbers)}", "object": "subscription", "status": "incomplete",
            "metadata": asked["subscription_data"]["metadata"], "customer": f"cus_{next(self.numbers)}",
            "cancel_at_period_end": False, "cancel_at": None, "pause_collection": None, "cancellation_details": None,
            "items": {"data": [{"price": {
                "unit_amount": int(price["unit_amount"]), "recurring": {"interval": price["recurring"]["interval"]},
            }}]},
        }  # fmt: skip
        self.subscriptions[row["id"]] = row
        self._period(row, self.now, self.now + (trial or MONTH))
        self.tell("customer.subscription.created", row)
        row["status"] = "trialing" if trial else "active"
        self.tell("customer.subscription.updated", row)
        session |= {"status": "complete", "subscription": row["id"], "customer": row["customer"]}
        self.tell("checkout.session.completed", session)
        self.tell("invoice.paid", self._invoice(row, "subscription_create", paid=not trial))
        return row["id"]

    def month_passes(self, subscription_id, *, declined=False):
        """The next period begins: the card is charged, or declined."""
        row = self.subscriptions[subscription_id]
        begins = row["items"]["data"][0]["current_period_end"]
        self.now = max(self.now, begins)
        self._period(row, begins, begins + MONTH)
        row["status"] = "past_due" if declined else "active"
        self.tell("customer.subscription.updated", row)
        if not declined:
            self.tell("invoice.paid", self._invoice(row, "subscription_cycle"))

    def card_works_again(self, subscription_id):
        row = self.subscriptions[subscription_id]
        row["status"] = "active"
        self.tell("customer.subscription.updated", row)
        self.tell("invoice.paid", self._invoice(row, "subscription_cycle"))

    def gives_up(self, subscription_id):
        """After the last try Stripe cancels by itself."""
        self.subscriptions[subscription_id]["cancellation_details"] = {"reason": "payment_failed"}
        self.cancel_subscription(subscription_id)

    def wait(self, seconds):
        self.now += seconds

    # Events.

    def tell(self, kind, thing):
        """Make an event. What it says of the thing is what the thing is now, whenever it is delivered."""
        event = {
            "id": f"evt_{next(self.numbers)}", "object": "event", "type": kind, "created": self.now,
            "data": {"object": json.loads(json.dumps(thing))},
        }  # fmt: skip
        self.events.append(event)
        return event

    def taken(self):
        """The events since the last time, oldest first."""
        events, self.events = self.events, []
        return events

    def _period(self, row, begins, ends):
        row["items"]["data"][0] |= {"current_period_start": begins, "current_period_end": ends}

    def _invoice(self, row, reason, paid=True):
        item = row["items"]["data"][0]
        amount = item["price"]["unit_amount"] if paid else 0
        period = {"start": item["current_period_start"], "end": item["current_period_end"]}
        return {
            "id": f"in_{next(self.numbers)}", "object": "invoice", "created": self.now, "billing_reason": reason,
            "amount_paid": amount, "customer": row["customer"], "lines": {"data": [{"period": period}]},
            "parent": {"subscription_details": {"subscription": row["id"], "metadata": row["metadata"]}},
        }  # fmt: skip


class Refused(Exception):
    pass


def signature(payload, *, secret=WEBHOOK_SECRET, at=None):
    """The header Stripe-Signature of a delivery: dated by the real time, as Stripe's is."""
    at = int(at if at is not None else time.time())
    digest = hmac.new(secret.encode(), f"{at}.{payload}".encode(), sha256).hexdigest()
    return f"t={at},v1={digest}"


@contextmanager
def running(now):
    """A Stripe on a free port of this machine, until the block ends."""
    double = Stripe(now)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(double))
    double.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(double):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self._answer(self._posted)

        def do_DELETE(self):
            self._answer(lambda parts, _asked: double.cancel_subscription(parts[1]))

        def _posted(self, parts, asked):
            match parts:
                case ["checkout", "sessions"]:
                    return double.create_session(asked)
                case ["checkout", "sessions", session_id, "expire"]:
                    return double.expire_session(session_id)
                case ["billing_portal", "sessions"]:
                    return double.create_portal(asked)
                case ["subscriptions", subscription_id]:
                    return double.update_subscription(subscription_id, asked)
            raise KeyError(self.path)

        def _answer(self, ask):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if double.is_down:
                self.close_connection = True
                return
            if self.headers.get("Authorization") != f"Bearer {SECRET_KEY}":
                self._send(
                    401, {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
                )
                return
            key = self.headers.get("Idempotency-Key")
            if key in double.kept_answers and self.command == "POST":
                self._send(200, double.kept_answers[key])
                return
            try:
                answer = ask(self.path.removeprefix("/v1/").split("/"), _nested(body))
                double.kept_answers[key] = answer
                self._send(200, answer)
            except Refused as refusal:
                self._send(400, {"error": {"type": "invalid_request_error", "message": str(refusal)}})
            except KeyError:
                self._send(404, {"error": {"type": "invalid_request_error", "message": "No such thing"}})

        def _send(self, status, answer):
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args):
            pass

    return Handler


def _nested(body):
    """`a[b][0][c]=1` as Stripe's client sends it, to {"a": {"b": {"0": {"c": "1"}}}}."""
    found: dict = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *outer, last = name.replace("]", "").split("[")
        inner = found
        for part in outer:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return found
