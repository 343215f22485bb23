"""Which column of a till's file is what, by the names that tills give them in German and English. Pure."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused

# By field, the names of columns in letters and digits alone, the surest first.
_WRITTEN = {
    "receipt": "receiptid receiptnumber receiptno receipt bonnummer bonnr bonid bon kassenbon belegnummer belegnr"
    " belegid beleg quittungsnummer quittung rechnungsnummer rechnungsnr rechnung invoicenumber invoice"
    " transaktionsnummer transaktionsnr transaktionsid transaktion transactionid transaction orderid ordernumber order"
    " bestellnummer bestellung vorgangsnummer vorgang basketid basket externalid",
    "date": "datumuhrzeit datumzeit datetime timestamp transactiontimestamp zeitstempel zeitpunkt occurredat soldat"
    " belegdatum bondatum kaufdatum verkaufsdatum datum date",
    "time": "uhrzeit zeit time",
    "amount": "amount total totalamount grandtotal betrag summe gesamt gesamtbetrag gesamtsumme endbetrag endsumme"
    " bruttobetrag brutto bruttosumme rechnungsbetrag bonsumme umsatz gross sum sales salesvalue",
    "line_amount": "lineamount linetotal itemtotal itemamount positionsbetrag positionssumme zeilenbetrag zeilensumme"
    " artikelbetrag artikelsumme",
    "unit_price": "unitprice einzelpreis stuckpreis stueckpreis",
    "card": "cardnumber cardno card kartennummer kartennr karte kundenkarte treuekarte loyaltycard",
    "member": "memberid member mitgliedsnummer mitgliedsnr mitglied customerid customernumber customerno kundennummer"
    " kundennr kundenid customer kunde gast householdid household",
    "email": "email emailaddress emailadresse mail mailadresse kundenemail customeremail",
    "phone": "phone phonenumber telefon telefonnummer handy handynummer mobil mobilnummer mobile mobilephone",
    "sku": "sku artikelnummer artikelnr artnr ean gtin plu barcode productid itemid productcode artikel",
    "name": "artikelbezeichnung artikelname bezeichnung productname itemname produktname produkt product item"
    " description beschreibung artikel",
    "category": "warengruppe kategorie category productcategory itemcategory department",
    "brand": "marke brand hersteller",
    "quantity": "menge anzahl stuckzahl stueckzahl stuck stueck quantity qty count",
    # Only where it is said to be: a till's names of its shops are rarely ours.
    "location": "",
}  # fmt: skip
NAMES = {field: names.split() for field, names in _WRITTEN.items()}
IGNORE = "ignore"

_ASIDE = re.compile(r"\(.*?\)|\[.*?\]")
_CURRENCY = re.compile(r"(?:in)?(?:euro|eur|chf|usd|gbp)$")


class ColumnsUnclear(Refused):
    code = "columns_unclear"
    sentence = _('%(what)s The columns are: %(columns)s. Say which is which with --map "COLUMN=FIELD".')


def assign(header, chosen=None):
    """{field: index} for a header. chosen: {column's name: field or "ignore"}, which go first.

    Raises ColumnsUnclear when there is no date or no amount, or more than one column could be the amount.
    """
    named = [_plain(name) for name in header]
    columns, taken = _chosen(header, named, chosen or {})
    for field, names in NAMES.items():
        found = sorted(
            (names.index(name), n) for n, name in enumerate(named) if name in names and n not in taken
        )
        if field == "amount" and field not in columns and len(found) > 1:
            rivals = ", ".join(header[n] for _rank, n in found)
            raise _unclear(
                header, _("More than one column could be the amount: %(rivals)s.") % {"rivals": rivals}
            )
        if found and field not in columns:
            columns[field] = found[0][1]
            taken.add(found[0][1])
    if "date" not in columns:
        raise _unclear(header, _("No column with the date was found."))
    if not {"amount", "line_amount", "unit_price"} & columns.keys():
        raise _unclear(header, _("No column with the amount was found."))
    return columns


def _chosen(header, named, chosen):
    columns, taken = {}, set()
    for column, field in chosen.items():
        if field not in NAMES and field != IGNORE:
            known = ", ".join([*NAMES, IGNORE])
            raise _unclear(
                header,
                _("There is no field “%(field)s”; there are %(known)s.") % {"field": field, "known": known},
            )
        if _plain(column) not in named:
            raise _unclear(header, _("There is no column “%(column)s”.") % {"column": column})
        index = named.index(_plain(column))
        taken.add(index)
        if field != IGNORE:
            columns[field] = index
    return columns, taken


def _plain(name):
    """ "Betrag (EUR)" → "betrag", "Stück" → "stuck", "Bon-Nr." → "bonnr"."""
    decomposed = unicodedata.normalize("NFKD", _ASIDE.sub("", name).casefold())
    letters = "".join(character for character in decomposed if character.isascii() and character.isalnum())
    return _CURRENCY.sub("", letters) or letters


def _unclear(header, what):
    return ColumnsUnclear(what=what, columns=", ".join(header))
