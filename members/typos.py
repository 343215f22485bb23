"""Slips of the finger in the domain of an e-mail address. Pure: it only ever suggests, it never corrects."""

# Where private customers have their mailboxes, the most frequent first: on a tie the first is suggested.
PROVIDERS = (
    "gmail.com", "gmx.de", "web.de", "t-online.de", "googlemail.com", "gmx.net", "outlook.com",
    "outlook.de", "hotmail.com", "hotmail.de", "icloud.com", "yahoo.com", "yahoo.de", "freenet.de",
    "gmx.at", "gmx.ch", "live.de", "live.com", "msn.com", "posteo.de", "mailbox.org", "aol.com",
    "aol.de", "arcor.de", "protonmail.com", "proton.me", "bluewin.ch", "hispeed.ch", "sunrise.ch",
    "chello.at", "vodafone.de", "kabelmail.de", "online.de", "yahoo.co.uk", "hotmail.co.uk",
    "btinternet.com", "orange.fr", "free.fr", "wanadoo.fr", "laposte.net", "libero.it", "comcast.net",
)  # fmt: skip
# Right as they are, though one letter away from one of those, or too short to guess at.
NO_SLIP = {
    "gmx.com", "gmx.eu", "gmx.fr", "mail.com", "mail.de", "email.de", "email.com", "ymail.com",
    "ok.de", "aol.fr", "web.com", "me.com", "mac.com", "aon.at",
}  # fmt: skip
# Endings that do not exist, and what the fingers meant.
ENDINGS = {
    "con": "com", "cmo": "com", "ocm": "com", "comm": "com", "vom": "com", "xom": "com", "coom": "com",
    "ed": "de", "dee": "de", "d": "de", "nte": "net", "met": "net", "ogr": "org", "orgg": "org",
}  # fmt: skip
# Providers whose other endings look right and are not theirs.
WRONG_ENDING = {
    "gmail.de": "gmail.com", "gmail.at": "gmail.com", "gmail.ch": "gmail.com",
    "gmail.net": "gmail.com", "icloud.de": "icloud.com",
}  # fmt: skip


def domain(written):
    """The domain that was probably meant, or None if `written` may well be right. Lower case in and out.

    A known provider that is one slip away, else the same domain with a mended ending.
    """
    if written in PROVIDERS or written in NO_SLIP:
        return None
    if written in WRONG_ENDING:
        return WRONG_ENDING[written]
    stem, _, ending = written.rpartition(".")
    mended = f"{stem}.{ENDINGS[ending]}" if ending in ENDINGS else written
    for provider in PROVIDERS:
        if provider == mended or slips(mended, provider) == 1:
            return provider
    return mended if mended != written else None


def slips(one, other):
    """The least number of slips between two words: a letter more, fewer or other, two neighbours swapped."""
    before_last, last = [], list(range(len(other) + 1))
    for row, left in enumerate(one, start=1):
        current = [row]
        for column, right in enumerate(other, start=1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (left != right))
            if row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, before_last[column - 2] + 1)
            current.append(cost)
        before_last, last = last, current
    return last[-1]
