"""What a browser complains of in its console: errors of scripts, and what the policy of contents refused."""

import re


class Complaints:
    """Collects from every page of a context. A test fails at its end for each that it did not expect."""

    def __init__(self):
        self.heard = []
        self.expected = []

    def listen(self, context):
        context.on("console", self._console)
        context.on("weberror", lambda error: self.heard.append(f"{error.error}"))
        return context

    def expect(self, pattern):
        """A complaint that belongs to the story, e.g. a lost network. pattern: a regular expression."""
        self.expected.append(re.compile(pattern))

    def unexpected(self):
        return [text for text in self.heard if not any(pattern.search(text) for pattern in self.expected)]

    def _console(self, message):
        if message.type == "error":
            self.heard.append(f"{message.text} ({message.location.get('url', '')})")
