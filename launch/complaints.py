"""From what a tool prints when it fails to one sentence that says what to do. Pure."""

import errno
import re

# The first that matches wins: a full disk also breaks builds, and a missing network also misses packages.
_KNOWN = [
    (r"No space left on device|ENOSPC", "The disk is full: make room and start again."),
    (r"Read-only file system|EROFS", "The checkout is read-only: copy it to a folder you may write to."),
    (
        r"Permission denied|EACCES|Operation not permitted",
        "Writing is not allowed here: check who owns the checkout and DATA_DIR, and start again.",
    ),
    (
        r"THESE PACKAGES DO NOT MATCH THE HASHES|EINTEGRITY",
        "A downloaded package is not the one this version was tested with:"
        " check the package source, and start again.",
    ),
    (
        r"NewConnectionError|ConnectTimeout|Temporary failure in name resolution|Network is unreachable"
        r"|ReadTimeout|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET",
        "The package source cannot be reached: check the network (or the proxy), and start again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT|UNABLE_TO_VERIFY",
        "The package source's certificate is not trusted here:"
        " set PIP_CERT and NODE_EXTRA_CA_CERTS, and start again.",
    ),
    (
        r"Failed building wheel|command '.*(?:gcc|cc|clang)' failed|Unable to find a compiler|error: linker",
        "A package had to be built and could not be: install a compiler (on Debian and Ubuntu:"
        " apt install build-essential python3-dev), or use Python 3.11 to 3.13.",
    ),
    (
        r"No matching distribution found|from versions: none",
        "A package does not exist for this Python and this machine:"
        " use Python 3.11 to 3.13 on Linux (x86-64 or ARM).",
    ),
    (
        r"ensurepip is not available|No module named (?:venv|ensurepip)",
        "Python cannot make environments here: install what is missing (on Debian and Ubuntu:"
        " apt install python3-venv), and start again.",
    ),
    (
        r"could not connect|connection to server .* failed|Connection refused|OperationalError",
        "The database cannot be reached: check DATABASE_URL, and that the server runs.",
    ),
]

_BY_NUMBER = {
    errno.ENOSPC: _KNOWN[0][1],
    errno.EDQUOT: _KNOWN[0][1],
    errno.EROFS: _KNOWN[1][1],
    errno.EACCES: _KNOWN[2][1],
    errno.EPERM: _KNOWN[2][1],
}


def explain(said: str) -> str:
    """A sentence for the output of a failed step; its own last line where nothing is known."""
    for pattern, sentence in _KNOWN:
        if re.search(pattern, said):
            return sentence
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return f"A step failed: {lines[-1]}" if lines else "A step failed without a word."


def explain_os_error(error: OSError) -> str:
    """A sentence for an error of the operating system, with the file it is about."""
    known = _BY_NUMBER.get(error.errno or 0, error.strerror or "The operating system refused.")
    return f"{known} ({error.filename})" if error.filename else known
