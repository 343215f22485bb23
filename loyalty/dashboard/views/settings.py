"""Settings: the shop, how it looks, the legal pages, keys for the API. And the person's own account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from loyalty import brands, clock, ids
from loyalty.dashboard import access, preview
from loyalty.dashboard.access import MerchantRequest, with_merchant
from loyalty.dashboard.forms.faults import show
from loyalty.dashboard.forms.programs import start_values
from loyalty.dashboard.forms.settings import KeyForm, LegalForm, LogoForm, ShopSettingsForm
from loyalty.dashboard.forms.starting import COLOURS, LookForm
from loyalty.dashboard.pages import page, tell
from loyalty.design import svg
from loyalty.errors import NotFound, Refused
from loyalty.merchants import auditing, keys, registering, shop
from loyalty.merchants.models import ApiKey, Membership, Merchant

# What an uploaded drawing may do when somebody opens it by itself: nothing but show itself.
LOGO_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
TABS = [
    ("settings", gettext_lazy("Shop")),
    ("look", gettext_lazy("Look")),
    ("legal", gettext_lazy("Legal pages")),
    ("keys", gettext_lazy("API keys")),
    ("audit", gettext_lazy("Who changed what")),
]


@with_merchant
@require_http_methods(["GET", "POST"])
def settings(request: MerchantRequest) -> HttpResponse:
    """Name, words, language, Sie or du."""
    merchant = request.merchant
    names = ("name", "tagline", "contact_name", "email", "timezone", "language")
    initial = {name: getattr(merchant, name) for name in names} | {
        "informal": "1" if merchant.informal else ""
    }
    form = ShopSettingsForm(request.POST or None, initial=initial)
    return _saving(request, form, "settings", "dashboard/settings_form.html")


@with_merchant
@require_http_methods(["GET", "POST"])
def legal(request: MerchantRequest) -> HttpResponse:
    names = ("legal_name", "legal_address", "imprint_url", "privacy_url")
    form = LegalForm(request.POST or None, initial={name: getattr(request.merchant, name) for name in names})
    return _saving(request, form, "legal", "dashboard/settings_form.html")


def _saving(request: MerchantRequest, form, tab: str, template: str) -> HttpResponse:
    if form.is_valid():
        try:
            shop.change(request.merchant, actor=request.actor, **form.cleaned_data)
            tell(request, _("Saved."))
            return redirect(f"dashboard:{tab}")
        except Refused as refused:
            show(refused, form)
    return _tab(request, tab, template, {"form": form})


@with_merchant
@require_http_methods(["GET", "POST"])
def look(request: MerchantRequest) -> HttpResponse:
    """Colour, picture in the stamp, logo; with the card beside them."""
    merchant = request.merchant
    initial = {"colour": merchant.colour, "motif": merchant.motif}
    form = LookForm(request.POST if "colour" in request.POST else None, initial=initial)
    if form.is_valid():
        registering.recolour(merchant, form.cleaned_data["colour"])
        shop.change(merchant, actor=request.actor, motif=form.cleaned_data["motif"])
        tell(request, _("Saved."))
        return redirect("dashboard:look")
    return _look(request, form, LogoForm())


@with_merchant
@require_POST
def logo_upload(request: MerchantRequest) -> HttpResponse:
    """Store an uploaded logo, or take it away."""
    if "remove" in request.POST:
        shop.remove_logo(request.merchant, actor=request.actor)
        tell(request, _("The logo is taken away."))
        return redirect("dashboard:look")
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content = form.cleaned_data["logo"].read(shop.LARGEST_LOGO + 1)
            shop.set_logo(request.merchant, content, actor=request.actor)
            tell(request, _("The logo is saved."))
            return redirect("dashboard:look")
        except Refused as refused:
            show(refused, form)
    held = {"colour": request.merchant.colour, "motif": request.merchant.motif}
    return _look(request, LookForm(initial=held), form)


def _look(request: MerchantRequest, form: LookForm, logo_form: LogoForm) -> HttpResponse:
    merchant = request.merchant
    values = start_values("punch_card")
    with brands.spoken_to_guests(merchant):
        drawn = preview.of(
            "punch_card", values, state=preview.ON_THE_WAY, today=clock.today(merchant.timezone)
        )
    context = {
        "form": form,
        "logo_form": logo_form,
        "colours": COLOURS,
        "motifs": svg.motif_names(),
        "preview": drawn,
        "guest_language": brands.guest_language(merchant),
    }
    return _tab(request, "look", "dashboard/look.html", context)


@require_GET
@cache_control(public=True, max_age=86400)
def logo(request: HttpRequest, slug: str) -> HttpResponse:
    """The uploaded logo, for everybody. A drawing is served with a policy that runs nothing."""
    merchant = get_object_or_404(Merchant, slug=slug)
    if not merchant.logo_type:
        raise Http404
    answer = HttpResponse(bytes(merchant.logo), content_type=merchant.logo_type)
    answer["Content-Security-Policy"] = LOGO_POLICY
    answer["Content-Disposition"] = "inline"
    return answer


@with_merchant
@require_http_methods(["GET", "POST"])
def api_keys(request: MerchantRequest) -> HttpResponse:
    """The keys. A new one is shown on this very page, once."""
    form = KeyForm(request.POST or None, initial={"scope": "counter"})
    secret = ""
    if form.is_valid():
        given = form.cleaned_data
        key, secret = keys.issue(merchant=request.merchant, name=given["name"], scopes=[given["scope"]])
        auditing.record(request.actor, "key.issued", key.public_id, scope=given["scope"])
        form = KeyForm(initial={"scope": "counter"})
    rows = ApiKey.objects.filter(merchant=request.merchant).order_by("revoked_at", "-created_at")
    context = {"form": form, "secret": secret, "rows": rows}
    answer = _tab(request, "keys", "dashboard/keys.html", context)
    if secret:
        answer["Cache-Control"] = "no-store"
    return answer


@with_merchant
@require_POST
def revoke_key(request: MerchantRequest, key_id: str) -> HttpResponse:
    try:
        key = keys.revoke(merchant=request.merchant, key_id=ids.parse(ApiKey.prefix, key_id))
    except NotFound:
        raise Http404 from None
    auditing.record(request.actor, "key.revoked", key_id)
    tell(request, _("“%(key)s” no longer works.") % {"key": key.name})
    return redirect("dashboard:keys")


@with_merchant
@require_GET
def audit(request: MerchantRequest) -> HttpResponse:
    """Who changed what, newest first."""
    return _tab(request, "audit", "dashboard/audit.html", {"rows": auditing.newest(100)})


def _tab(request: MerchantRequest, tab: str, template: str, context: dict) -> HttpResponse:
    links = [
        {"label": label, "href": reverse(f"dashboard:{name}"), "current": name == tab} for name, label in TABS
    ]
    return page(request, template, "settings", {"tabs": links, "tab": tab, **context})


@with_merchant
@require_GET
def account(request: MerchantRequest) -> HttpResponse:
    """Whoever is signed in: how they sign in, which shop they look at, the language."""
    rows = Membership.objects.filter(user=request.user).select_related("merchant").order_by("id")
    context = {"memberships": list(rows), "has_password": request.user.has_usable_password()}
    return page(request, "dashboard/account.html", "account", context)


@with_merchant
@require_POST
def switch(request: MerchantRequest) -> HttpResponse:
    """Look at another shop of the same person."""
    wanted = Membership.objects.filter(user=request.user, merchant__slug=request.POST.get("shop", ""))
    membership = wanted.select_related("merchant").first()
    if membership is None:
        raise Http404
    access.choose(request, membership.merchant)
    return redirect("dashboard:home")
