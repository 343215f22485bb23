"""A till's CSV, whatever its dialect, as lines of named cells. Reads the file once, line by line.

Encodings: UTF-8 with or without its mark, UTF-16, and Latin-1 as Windows writes it. Separated by ; or tab or
comma.
"""

import codecs
import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused
from programs import till_columns, till_values

DELIMITERS = ";\t,"
SAMPLE_LINES = 1000
PIECE = 1 << 20


class FileEmpty(Refused):
    code = "file_empty"
    sentence = _("There is nothing in this file.")


class FileBroken(Refused):
    code = "file_broken"
    sentence = _("This file cannot be read from line %(line)s on. Is a quotation mark missing there?")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file by its number (the first is 1), with the text of each field; "" where there is none."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, field):
        return self.cells.get(field, "")


@dataclass
class TillFile:
    """What a file turned out to be. columns: {field: index}. mark: what stands before the cents.

    position: how many bytes of `size` have been read so far.
    """

    path: str
    size: int
    encoding: str
    delimiter: str
    columns: dict[str, int]
    mark: str
    position: int = 0

    def lines(self) -> Iterator[Line]:
        """The lines below the header; empty ones are left out. Raises FileBroken."""
        with open(self.path, "rb") as raw:
            for number, row in islice(_rows(raw, self.encoding, self.delimiter), 1, None):
                self.position = raw.tell()
                yield Line(
                    number, {field: _cell(row[n]) for field, n in self.columns.items() if n < len(row)}
                )


def look(path, chosen=None) -> TillFile:
    """Find out how a file is written. chosen: {column: field}, where the names do not say it.

    Raises FileEmpty, FileBroken, ColumnsUnclear.
    """
    encoding = _encoding(path)
    with open(path, "rb") as raw:
        head = next((line for line in _text(raw, encoding) if line.strip() and not _is_hint(line)), "")
    delimiter = max(DELIMITERS, key=lambda mark: _outside_quotes(head).count(mark))
    with open(path, "rb") as raw:
        sample = [row for _number, row in islice(_rows(raw, encoding, delimiter), SAMPLE_LINES)]
    if not sample:
        raise FileEmpty()
    columns = till_columns.assign(sample[0], chosen)
    mark = _decimal_mark(sample[1:], columns) or ("," if delimiter == ";" else ".")
    return TillFile(str(path), os.path.getsize(path), encoding, delimiter, columns, mark)


def _encoding(path):
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open(path, "rb") as raw:
        if raw.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        raw.seek(0)
        try:
            while piece := raw.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _rows(raw, encoding, delimiter):
    """(number of the line, cells) of each row that has any. A quoted cell may hold line breaks."""
    reader = csv.reader(_text(raw, encoding), delimiter=delimiter)
    before = 0
    try:
        for row in reader:
            number, before = before + 1, reader.line_num
            if any(cell.strip() for cell in row) and not (len(row) <= 2 and _is_hint(row[0])):
                yield number, row
    except csv.Error:
        raise FileBroken(line=before + 1) from None


def _cell(text):
    # PostgreSQL has no text with a NUL in it.
    return text.replace("\x00", "").strip()


def _text(raw, encoding):
    return io.TextIOWrapper(raw, encoding, errors="replace", newline="")


def _is_hint(line):
    # Excel's own first line, "sep=;".
    return line.lower().startswith("sep=")


def _outside_quotes(line):
    return "".join(line.split('"')[::2])


def _decimal_mark(rows, columns):
    amounts = [columns[field] for field in ("amount", "line_amount", "unit_price") if field in columns]
    return till_values.decimal_mark(row[n] for row in rows for n in amounts if n < len(row))
