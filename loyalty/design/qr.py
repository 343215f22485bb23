"""A QR code as one compact SVG path: ink on white, with the quiet zone the readers ask for."""

from html import escape

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from loyalty.design.svg import named

QUIET = 4
_CORRECTION = {"L": ERROR_CORRECT_L, "M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}


def modules(content: str, *, correction: str = "M") -> list[list[bool]]:
    """Return the code as rows of dark (True) and light modules, without the quiet zone."""
    code = qrcode.QRCode(error_correction=_CORRECTION[correction], border=0)
    code.add_data(content)
    code.make(fit=True)
    return code.get_matrix()


def drawing(content: str, *, text: str, correction: str = "M", quiet: int = QUIET) -> str:
    """Return the code as an SVG with `quiet` light modules around it; `text` names it, e.g. 'Code of your card'."""
    rows = modules(content, correction=correction)
    side = len(rows) + 2 * quiet
    path = "".join(_row(row, top + quiet, quiet) for top, row in enumerate(rows))
    return (
        f'<svg class="qr" viewBox="0 0 {side} {side}" shape-rendering="crispEdges" {named(text)}>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path stroke="#1b2233" d="{escape(path)}"/></svg>'
    )


def _row(row: list[bool], top: int, left: int) -> str:
    """Return one row as strokes of one module's height: runs of dark, and moves over runs of light."""
    path, start = "", 0
    gap = left
    while start < len(row):
        end = start
        while end < len(row) and row[end] == row[start]:
            end += 1
        if row[start]:
            path += f"{f'M{gap} {top}.5' if not path else f'm{gap} 0'}h{end - start}"
            gap = 0
        else:
            gap += end - start
        start = end
    return path
