"""Codes that people can read out: no two characters look or sound alike, and a typo is noticed. On vouchers and packs.

Pure. A code is eight random characters and a check character: 23 ** 8 codes, about 78 thousand million.
"""

import secrets

# No vowels, so that no code is a word; no 0, O, 1, I, L; and only one of 2/Z, 5/S, 6/G, 8/B, U/V, Y/X.
# 23 is a prime: then a check sum with different weights notices each single change and each exchange of two.
ALPHABET = "23456789CDFHJKMNPQRTVWX"
RANDOM_LENGTH = 8
LENGTH = RANDOM_LENGTH + 1

_PRIME = len(ALPHABET)
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_SEPARATORS = str.maketrans("", "", " \t\r\n\u00a0\u202f-\u2010\u2011\u2012\u2013\u2014_.")


def new(random=None):
    """A new code of nine characters without separators. random: has `choice`; default: the system's."""
    source = random or secrets.SystemRandom()
    body = "".join(source.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + _check_character(body)


def display(code):
    """ "K7QM4WRTX" → "K7QM-4WRT-X", as it is printed and read out."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def parse(text):
    """The code that was typed, whatever the case, spaces and hyphens; None if it cannot be one.

    Any one wrong character, and any two exchanged, give None.
    """
    code = text.translate(_SEPARATORS).upper()
    if len(code) != LENGTH or not all(character in _VALUES for character in code):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def _check_character(body):
    # The check character itself has the weight 1, the others 2 to 9: all different, none a multiple of 23.
    total = sum(weight * _VALUES[character] for weight, character in enumerate(body, start=2))
    return ALPHABET[-total % _PRIME]
