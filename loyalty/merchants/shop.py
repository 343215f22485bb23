"""The shop's own data: name, words, logo, language, addresses. Each change is written down."""

import re

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Invalid
from loyalty.merchants import auditing
from loyalty.merchants.models import Merchant

LARGEST_LOGO = 200 * 1024
PNG = b"\x89PNG\r\n\x1a\n"
# An SVG from outside is served with a policy that runs nothing; these are refused all the same, so that nobody
# who opens the file from a disk is surprised.
ACTIVE_SVG = re.compile(
    rb"<\s*(script|foreignObject|iframe|embed|object|handler)\b|\bon\w+\s*=|javascript:|<!ENTITY", re.I
)
OUTSIDE_SVG = re.compile(rb"(href|src)\s*=\s*[\"']\s*(?!#|data:image/)", re.I)

CHANGEABLE = {
    "name", "tagline", "email", "contact_name", "legal_name", "legal_address", "imprint_url", "privacy_url",
    "language", "informal", "motif", "country", "timezone",
}  # fmt: skip


def change(merchant: Merchant, *, actor: str, **columns: object) -> None:
    """Change columns of the shop, in its scope. Writes nothing where nothing differs. Raises Invalid."""
    if unknown := columns.keys() - CHANGEABLE:
        raise TypeError(f"not changeable: {sorted(unknown)}")
    if "name" in columns and not str(columns["name"]).strip():
        raise Invalid({"name": [_("Please write a name.")]})
    changed = [name for name, value in columns.items() if getattr(merchant, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(merchant, name, columns[name])
    merchant.save(update_fields=changed)
    auditing.record(actor, "shop.changed", merchant.public_id, fields=sorted(changed))


def set_logo(merchant: Merchant, content: bytes, *, actor: str) -> None:
    """Store a logo. PNG or SVG, at most 200 KB. Raises Invalid."""
    merchant.logo, merchant.logo_type = content, _type_of(content)
    merchant.save(update_fields=["logo", "logo_type"])
    auditing.record(actor, "shop.logo_changed", merchant.public_id, bytes=len(content))


def remove_logo(merchant: Merchant, *, actor: str) -> None:
    """Show the motif and the name again."""
    merchant.logo, merchant.logo_type = None, ""
    merchant.save(update_fields=["logo", "logo_type"])
    auditing.record(actor, "shop.logo_removed", merchant.public_id)


def _type_of(content: bytes) -> str:
    if len(content) > LARGEST_LOGO:
        raise Invalid({"logo": [_("The file is larger than 200 KB. Please save it smaller.")]})
    if content.startswith(PNG):
        return "image/png"
    if re.search(rb"<svg[\s>]", content[:1000]):
        if ACTIVE_SVG.search(content) or OUTSIDE_SVG.search(content):
            raise Invalid(
                {
                    "logo": [
                        _(
                            "This SVG contains a script or something from elsewhere. Please save it as a plain drawing."
                        )
                    ]
                }
            )
        return "image/svg+xml"
    raise Invalid({"logo": [_("Please choose a PNG or SVG file.")]})
