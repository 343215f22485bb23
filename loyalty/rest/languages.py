"""In which language an answer's sentences are written: the one asked for, else the merchant's."""

from django.utils.translation.trans_real import parse_accept_lang_header

from loyalty.merchants.models import Language

KNOWN = frozenset(Language.values)
DEFAULT = Language.ENGLISH.value


def asked(request):
    """The first language of Accept-Language that there is, or None."""
    for tag, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if (language := tag.partition("-")[0]) in KNOWN:
            return language
    return None


def of(request, merchant):
    return asked(request) or (merchant.language if merchant else DEFAULT)
