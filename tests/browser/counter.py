"""What people do at the counter, in their words; the tests tell the story, this knows the buttons."""

import re

from loyalty import tenancy
from loyalty.merchants import devices
from loyalty.merchants.models import Location, Staff
from members import finding

PIN = "4711"

# Types a text key by key where the focus is; true if the page kept its Enter from doing anything else.
_SCAN = """
(text) => {
  // Made before the first one is sent: an event carries the time of its making, as a key that of its stroke.
  const keys = [...text, "Enter"].map(
    (key) => new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
  );
  return keys.map((key) => document.activeElement.dispatchEvent(key)).at(-1) === false;
}
"""


# Resolves when the page and its script are on the device, so that it opens without a network; false if they never are.
_KEPT = """
async () => {
  await navigator.serviceWorker.ready;
  const scripts = [...document.querySelectorAll("script[src]")].map((one) => one.src);
  for (let look = 0; look < 600; look += 1) {
    const kept = await Promise.all(["/counter/", ...scripts].map((address) => caches.match(address)));
    if (kept.every(Boolean)) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
"""


def let_in(merchant, context, site, *, name="Tablet"):
    """Let the browser in as a device at the merchant's first location, as the owner does."""
    with tenancy.scope(merchant):
        location = Location.objects.order_by("created_at").first()
    _device, token = devices.let_in(merchant, location, name)
    context.add_cookies([{"name": devices.COOKIE, "value": token, "url": site.url, "httpOnly": True}])


def hire(merchant, name="Lena Hoffmann", *, pin=PIN, role=Staff.Role.CASHIER):
    """A person with a PIN."""
    with tenancy.scope(merchant):
        person = Staff(name=name, role=role)
        person.set_pin(pin)
        person.save(force_insert=True)
        return person


def enter(context, name="Lena Hoffmann", *, pin=PIN):
    """Open the counter and type the PIN. Returns the page, ready."""
    page = context.new_page()
    page.goto("/counter/")
    page.get_by_role("link", name=name).click()
    page.get_by_label("PIN").fill(pin)
    page.get_by_role("button", name="Beginnen").click()
    ready(page)
    return page


def kept(page):
    """Wait until the page would open without a network. A test that takes the network away does so after this."""
    assert page.evaluate(_KEPT), "the service worker did not keep the page"


def ready(page):
    page.locator("#ready:not([hidden])").wait_for()


def type_number(page, text):
    """Type a number, name or phone number into the search field."""
    page.get_by_label("Kartennummer, Name oder Telefon").fill(text)
    page.get_by_role("button", name="Suchen").click()


def wave_scanner(page, text):
    """What a hand scanner does: types very fast, wherever the focus is, and ends with Enter."""
    # In one go inside the page: over the debugger's wire the keys of a busy machine come as slowly as a person's.
    assert page.evaluate(_SCAN, text), "the Enter would have pressed what has the focus"


def card_url(merchant, member):
    with tenancy.scope(merchant):
        return finding.card_url(finding.card_of(member))


def said(page):
    """The title of the result that covers the screen."""
    title = page.locator("#result .result-title")
    title.wait_for()
    return re.sub(r"\s+", " ", title.inner_text()).strip()


def told(page):
    """Everything the result says, in one line."""
    body = page.locator("#result .result-body > :last-child")
    body.wait_for()
    return re.sub(r"\s+", " ", body.inner_text()).strip()
