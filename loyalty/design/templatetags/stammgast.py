"""Tags and filters for drawings, icons, numbers and days.  Usage: docs/design.md."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from html import escape

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from loyalty import clock
from loyalty.design import brand, charts, guilloche, qr, stamps, svg, wording

register = template.Library()


def _language() -> str:
    return get_language() or "en"


def _drawn(text: str) -> SafeString:
    # Every drawing escapes the words it is given; nothing else in it comes from outside.
    return mark_safe(text)


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One Lucide outline.  size: "", "sm" (20 px) or "lg" (36 px).  label: only where no word stands beside it."""
    kind = f"icon icon-{size}" if size else "icon"
    return _drawn(
        f'<svg class="{kind}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
        f'stroke-linecap="round" stroke-linejoin="round" {svg.named(label)}>{svg.icon(name)}</svg>'
    )


@register.simple_tag
def motif(name: str, css: str = "icon") -> SafeString:
    """A motif as a picture beside words, in the colour of the text."""
    body = svg.motif(name)
    ends = 'stroke-linecap="round" stroke-linejoin="round"'
    look = f'class="{escape(css)}" viewBox="0 0 40 40" fill="currentColor" {ends}'
    return _drawn(f'<svg {look} aria-hidden="true">{body}</svg>')


def _with_day(place: stamps.Place) -> stamps.Place:
    if place.on and not place.label:
        return replace(place, label=wording.stamp_day(place.on, _language()))
    return place


@register.simple_tag
def stamp(
    motif: str,
    on: date | None = None,
    seed: str = "",
    kind: str = stamps.GIVEN,
    label: str = "",
    text: str = "",
    fresh: bool = False,
) -> SafeString:
    """One stamp: given or taken_back with the day `on`, free and reward with `label`, or waiting.

    Without a day it is the plain stamp with a larger motif.  text: its words for a screen reader.
    """
    place = _with_day(stamps.Place(kind, str(seed), label, on, fresh))
    dated = bool(place.label) or kind in (stamps.FREE, stamps.WAITING)
    return _drawn(stamps.stamp(place, motif_name=motif, dated=dated, text=text))


@register.simple_tag
def stamp_grid(
    places: Sequence[stamps.Place], motif: str, dated: bool = True, per_row: int = 0, text: str = ""
) -> SafeString:
    """A punch card's places as one image with the text '7 of 10 stamps, the last on 12 March'.

    Over 20 places it is a bar, over 10 rows of six.  text replaces the sentence.
    """
    words = text or stamps_sentence(places)
    if len(places) > 20:
        given = sum(place.kind == stamps.GIVEN for place in places)
        facts = f'value="{given}" max="{len(places)}" aria-label="{escape(words)}"'
        return _drawn(f'<progress class="bar" {facts}></progress>')
    drawn = [_with_day(place) for place in places]
    return _drawn(stamps.grid(drawn, motif_name=motif, dated=dated, text=words, per_row=per_row))


@register.simple_tag
def stamps_sentence(places: Sequence[stamps.Place]) -> str:
    """'7 of 10 stamps, the last on 12 March'."""
    given = [place for place in places if place.kind == stamps.GIVEN]
    days = [place.on for place in given if place.on]
    facts: dict[str, int | str] = {"given": len(given), "total": len(places)}
    if not days:
        return ngettext("%(given)s of %(total)s stamp", "%(given)s of %(total)s stamps", len(places)) % facts
    facts["day"] = wording.day(max(days), _language())
    return (
        ngettext(
            "%(given)s of %(total)s stamp, the last on %(day)s",
            "%(given)s of %(total)s stamps, the last on %(day)s",
            len(places),
        )
        % facts
    )


@register.simple_tag(name="guilloche")
def guilloche_tag(seed: str, kind: str = "waves") -> SafeString:
    """The line pattern of a card's stock: waves, or for a tier a rosette.  Its parent is positioned."""
    return _drawn(guilloche.rosette(str(seed)) if kind == "rosette" else guilloche.waves(str(seed)))


@register.simple_tag(name="qr")
def qr_tag(content: str, text: str = "", correction: str = "M", quiet: int = qr.QUIET) -> SafeString:
    """A QR code on white with `quiet` light modules around.  text: 'Code of your card' unless given."""
    return _drawn(
        qr.drawing(content, text=text or _("Code of your card"), correction=correction, quiet=quiet)
    )


@register.simple_tag
def sparkline(values: Sequence[float], text: str = "") -> SafeString:
    """A trend with its last point marked; hidden from screen readers unless `text` tells it."""
    return _drawn(charts.sparkline(values, text=text))


@register.simple_tag
def bars(
    values: Sequence[float | None], usual: Sequence[float] = (), labels: Sequence[str] = (), text: str = ""
) -> SafeString:
    """Upright bars over grey ones for the usual.  text: the summary; a table belongs behind 'As a table'."""
    return _drawn(charts.bars(values, usual=usual, labels=[str(label) for label in labels], text=text))


@register.simple_tag
def weeks(counts: Sequence[int], text: str = "") -> SafeString:
    """Visits of the last weeks as small bars, oldest first."""
    total = sum(counts)
    said = ngettext("%(count)s visit in %(weeks)s weeks", "%(count)s visits in %(weeks)s weeks", total)
    return _drawn(charts.weeks(counts, text=text or said % {"count": total, "weeks": len(counts)}))


@register.simple_tag
def dots(filled: int, total: int = 10, text: str = "") -> SafeString:
    """A card as ten dots, brass when full; the figure stands beside it, so it is hidden unless `text` is given."""
    return _drawn(charts.dots(filled, total=total, text=text))


@register.simple_tag(takes_context=True)
def brand_style(context: template.Context, colour: str, selector: str = ":root") -> SafeString:
    """The merchant's tokens as a style element with the page's nonce."""
    nonce = escape(str(context.get("CSP_NONCE", "")))
    return _drawn(f'<style nonce="{nonce}">{brand.style(colour, selector)}</style>')


@register.simple_block_tag
def sheet(content: str, id: str, title: str) -> SafeString:
    """A dialog: a panel on a desk, a sheet on a phone.  Opened by a button with data-opens="<id>"."""
    return format_html(
        '<dialog class="sheet" id="{0}" aria-labelledby="{0}_title">'
        '<h2 class="sheet-title" id="{0}_title">{1}</h2>{2}</dialog>',
        id,
        title,
        content,
    )


@register.filter
def column(columns: Sequence, index: int) -> object:
    """The column a cell belongs to."""
    return columns[index]


@register.filter
def number(value: float, digits: int | None = None) -> str:
    """1284 → 1.284; with digits: 1,1."""
    return wording.plain(value, _language(), digits=digits)


@register.filter
def signed(value: float) -> str:
    """18 → +18, -60 → −60."""
    return wording.signed(value, _language())


@register.filter
def percent(value: float, digits: int = 0) -> str:
    """63 → 63 %; 1.1 with one digit → 1,1 %."""
    return wording.percent(value, _language(), digits=digits)


@register.filter
def money_minor(amount_minor: int, currency: str = "EUR") -> str:
    """1840 → 18,40 €; by the currency's own number of decimals."""
    return wording.amount(amount_minor, currency, _language())


@register.filter
def money_short(amount_minor: int, currency: str = "EUR") -> str:
    """75000 → 750 €; 1840 stays 18,40 €."""
    return wording.amount(amount_minor, currency, _language(), short=True)


@register.filter
def count_word(count: int, one: str = "m") -> str:
    """3 → drei; one: the form of German one (m, f, n, acc, dat, dat-f, count)."""
    return wording.count_word(count, _language(), one)


@register.filter
def day(on: date) -> str:
    """12. März; with the year when it is another than this one."""
    return wording.day(on, _language(), today=_now().date())


@register.filter
def long_day(on: date) -> str:
    """31. Dezember 2027."""
    return wording.long_day(on, _language())


@register.filter
def full_day(on: date) -> str:
    """Donnerstag, 12. März 2026."""
    return wording.full_day(on, _language())


@register.filter
def month(on: date) -> str:
    """März 2024."""
    return wording.month(on, _language())


@register.filter
def clock_time(at: datetime) -> str:
    """8:12, in the timezone that is active."""
    return wording.clock_time(timezone.localtime(at), _language())


@register.filter
def moment(at: datetime) -> str:
    """heute, 8:12; gestern, 17:40; 27. Februar, 8:31.  |capfirst at the start of a line."""
    return wording.moment(timezone.localtime(at), _language(), now=_now())


@register.filter
def moment_day(at: datetime) -> str:
    """heute, 8:12; gestern; 27. Februar."""
    return wording.moment(timezone.localtime(at), _language(), now=_now(), with_time=False)


@register.filter
def last_seen(at: datetime) -> str:
    """heute, 8:12; gestern; am Dienstag; vor 23 Tagen; vor 5 Monaten."""
    return wording.last_seen(timezone.localtime(at), _language(), now=_now())


@register.filter
def card_number(value: str) -> str:
    """48217390 → 4821 7390."""
    return wording.card_number(value)


def _now() -> datetime:
    return timezone.localtime(clock.now())
