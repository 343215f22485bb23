"""The demo's inbox: what would have been sent, to be looked at. There is none outside of the demo."""

from functools import wraps

from csp.decorators import csp, csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from loyalty.inbox import folder


def only_in_the_demo(view):
    @wraps(view)
    def guarded(request, *args, **kwargs):
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@only_in_the_demo
@csp_update({"frame-src": ["'self'"]})
def inbox(request, mail_id=None):
    """The mails, the newest first, and the chosen one beside them; without a choice, the newest."""
    mails = folder.newest(settings.MAIL_DIR)
    chosen = _find(mail_id) if mail_id else None
    return render(
        request,
        "inbox/inbox.html",
        {"mails": mails, "chosen": chosen, "shown": chosen or next(iter(mails), None)},
    )


# A mail is foreign content: no script, nothing loaded, no form; its own styles and nothing else.
_STRICT = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:"],
    "frame-ancestors": ["'self'"],
    "base-uri": ["'none'"],
    "form-action": ["'none'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation-by-user-activation"],
}


@require_safe
@only_in_the_demo
@xframe_options_sameorigin
@csp(_STRICT)
def html(request, mail_id=""):
    """A mail's HTML alone, as a mail program would show it."""
    content = _find(mail_id).html
    # Links open above the frame, as they do from a mail program.
    return HttpResponse(content.replace("<head>", '<head><base target="_top">', 1))


def _find(mail_id):
    mail = folder.find(settings.MAIL_DIR, mail_id)
    if mail is None:
        raise Http404
    return mail
