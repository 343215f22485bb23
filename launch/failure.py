"""The one way in which the launcher gives up: a sentence that says what to do next."""


class Failed(Exception):
    """Something the person at the keyboard can put right; `str()` is the sentence to show."""
