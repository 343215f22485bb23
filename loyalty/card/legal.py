"""What is kept of a guest and for how long, and who answers for it: for shops that have no pages of their own."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from loyalty.card import shop
from loyalty.design import svg


@require_safe
@shop.of_slug
def privacy(request, merchant):
    """What exactly is kept, what for, how long, and what one can ask for. Rule: Art. 13 GDPR."""
    shop_name = {"shop": merchant.legal_name or merchant.name}
    paragraphs = [
        (_("Who keeps it"), _("%(shop)s. Stammgast only keeps it for this shop.") % shop_name),
        (_("What is kept"), _("Name, e-mail or phone number, language; your purchases with the card, stamps, points "
                              "and rewards; what you agreed to, and when.")),
        (_("What for"), _("To keep your card (Art. 6 (1) (b) GDPR). News and reminders only if you agreed to them "
                          "(Art. 6 (1) (a) GDPR).")),
        (_("How long"), _("Until you delete the card. Bookings stay without your name as long as tax law asks "
                          "for it.")),
        (_("Who else sees it"), _("Nobody. Pages of the card load nothing from other servers and follow nobody.")),
        (_("What you can do"), _("See, take along, correct and delete everything on your card under “Messages and "
                                 "data”. You can complain to the data protection authority of your state.")),
    ]  # fmt: skip
    return _page(request, _("Privacy"), paragraphs)


@require_safe
@shop.of_slug
def imprint(request, merchant):
    """Who runs the shop. Rule: § 5 DDG."""
    address = merchant.legal_address or _("The shop has not entered its address yet.")
    return _page(
        request,
        _("Imprint"),
        [(merchant.legal_name or merchant.name, address), (_("E-mail"), merchant.email)],
    )


@require_safe
@shop.of_slug
def icon(request, merchant):
    """The picture on the home screen: the shop's motif on its colour."""
    tokens = merchant.palette["light"]
    motif = svg.motif(merchant.motif)
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">'
        f'<rect width="64" height="64" fill="{tokens["m"]}"/>'
        f'<g transform="translate(12 12)" color="{tokens["m_on"]}" fill="currentColor">{motif}</g></svg>'
    )
    return HttpResponse(drawing, content_type="image/svg+xml")


def _page(request, title, paragraphs):
    return render(request, "card/legal.html", shop.context(request, title=title, paragraphs=paragraphs))
