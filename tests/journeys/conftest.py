"""Whole stories in a real browser, against a real server and a database whose transactions commit.

`site` serves; `phone`, `tablet` and `desk` are people's screens (`phone.new_page()` opens a page);
`camera.shows(text)` holds a code before the camera; `axe(page)` proves that a page is accessible. The style
sheets and scripts must be built: the test command does it, `npm run build` too.
"""

from tests.browser.fixtures import (  # noqa: F401 - fixtures are found by their name here
    axe,
    browser,
    built,
    camera,
    complaints,
    desk,
    film,
    open_context,
    phone,
    site,
    tablet,
)
