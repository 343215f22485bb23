"""A letter as it is sent: HTML out of MJML, and a plain text. Nothing in it is loaded from elsewhere."""

import re
from functools import cache
from pathlib import Path

import minijinja
import mjml
from django.conf import settings
from django.utils.translation import gettext as _

from campaigns import letters
from campaigns.letters import Addressee, Letter

_FOLDER = Path(settings.BASE_DIR) / "templates" / "mail"
_PART = re.compile(r'<mj-include path="(.+?)" />')
_SPACE_BETWEEN_TAGS = re.compile(r">\s*\n\s*<")


def render(letter: Letter, to: Addressee) -> tuple[str, str]:
    """(HTML, plain text) of a letter. The language must be active already: the frame has sentences of its own."""
    environment = _environment()
    what = {
        "letter": letter,
        "sender": to.sender,
        "c": to.sender.colours,
        "lang": to.language[:2],
        "contact": letters.contact(to),
        "reason": letters.reason(to),
        "links": _links(to),
    }
    html = environment.render_template(f"{letter.template}.html", **what)
    return html, environment.render_template(f"{letter.template}.txt", **what)


def _links(to):
    links = [
        (_("Unsubscribe with one click"), to.unsubscribe_url),
        (_("Legal notice"), to.sender.imprint_url),
        (_("Privacy"), to.sender.privacy_url),
    ]
    return [{"label": label, "url": url} for label, url in links if url]


@cache
def _environment():
    # Names end in .html or .txt: that is what decides about escaping.
    templates = {path.name: path.read_text() for path in _FOLDER.glob("*.txt")}
    for path in _FOLDER.glob("*.mjml"):
        source = path.read_text()
        if source.startswith("<mjml"):
            templates[f"{path.stem}.html"] = _compiled(source)
    return minijinja.Environment(
        templates=templates, undefined_behavior="strict", trim_blocks=True, lstrip_blocks=True
    )


def _compiled(source):
    # The parts go in as they are: an included file of its own would forget how wide the letter is.
    whole = _PART.sub(lambda part: (_FOLDER / part[1]).read_text(), source)
    html = _SPACE_BETWEEN_TAGS.sub("><", mjml.mjml2html(whole, fonts={}))
    # A mail's lines must be short. Between attributes a line may end without being seen.
    return html.replace(' style="', '\nstyle="')
