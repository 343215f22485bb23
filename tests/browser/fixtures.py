"""Fixtures for tests that play in a browser; a conftest imports those it wants to offer."""

import json
import os
import zlib
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.browser.complaints import Complaints
from tests.browser.site import ROOT, let_go, serving

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
TABLET = {"viewport": {"width": 1024, "height": 768}, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 800}}
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
BUILT = ("card.css", "counter.css", "dashboard.css", "counter.js")
PATIENCE_MS = 10_000


@pytest.fixture(scope="session")
def built():
    """The style sheets and scripts are there. Fails with what to do; a skip would hide it."""
    missing = [name for name in BUILT if not (ROOT / "static" / "dist" / name).exists()]
    if missing or not AXE.exists():
        raise AssertionError(
            f"Not built: {', '.join(missing) or 'axe-core'}. Run `npm ci` and `npm run build` first."
        )


@pytest.fixture
def site(real_database, built, tmp_path, worker_id):
    """A server over a fresh database, to which Django in the test points as well."""
    # The first databases of Valkey belong to the tests in this process.
    number = 8 + zlib.crc32(worker_id.encode()) % 8
    with serving(tmp_path, redis_number=number) as site:
        yield site
    let_go(real_database)


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return tmp_path_factory.mktemp("camera") / "film.y4m"


@pytest.fixture(scope="module")
def browser(film):
    """One Chromium for the stories of a file."""
    # Playwright keeps a loop of its own in this thread, which Django takes for an asynchronous caller.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    chromium.Camera(film)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium.path(), args=chromium.flags(film))
        yield running
        running.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def camera(film):
    """The camera of all contexts of a test; nothing is held before it until `camera.shows(text)`."""
    return chromium.Camera(film)


@pytest.fixture
def complaints():
    """What the pages complained of. The test fails for each complaint it did not `expect(pattern)`."""
    heard = Complaints()
    yield heard
    assert heard.unexpected() == [], heard.unexpected()


@pytest.fixture
def open_context(browser, site, complaints, camera):
    """A function that opens another person's browser: `open_context(**PHONE, java_script_enabled=False)`."""
    opened = []

    def open_one(**options):
        usual = {
            "locale": "de-DE",
            "timezone_id": "Europe/Berlin",
            "base_url": site.url,
            "color_scheme": "light",
        }
        context = browser.new_context(**(usual | options))
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        return complaints.listen(context)

    yield open_one
    for context in opened:
        context.close()


@pytest.fixture
def phone(open_context):
    """A customer's or a cashier's phone, 390 × 844."""
    return open_context(**PHONE)


@pytest.fixture
def tablet(open_context):
    """The tablet at the counter, 1024 × 768, which may use its camera."""
    return open_context(**TABLET, permissions=["camera"])


@pytest.fixture
def desk(open_context):
    """The owner's computer, 1280 × 800."""
    return open_context(**DESK)


@pytest.fixture
def axe():
    """A function that fails for anything axe-core finds on the page, its best practices included."""
    source = Path(AXE).read_text()

    def check(page, **options):
        # Run by the debugger's side and not as a script of the page, which the page's policy would refuse.
        page.evaluate(f"() => {{ if (!window.axe) {{ {source} }} }}")
        found = page.evaluate("options => axe.run(document, options)", options)["violations"]
        told = [
            {
                "rule": item["id"],
                "help": item["help"],
                "where": [node["html"][:200] for node in item["nodes"]],
            }
            for item in found
        ]
        assert told == [], f"{page.url}\n{json.dumps(told, indent=1, ensure_ascii=False)}"

    return check
