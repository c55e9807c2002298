"""Reads .txt (one value a line) and .yaml (a list), the latter through the reader that is passed in."""

from __future__ import annotations

from gen4flow.axis_sources.data_file import DataFile
from gen4flow.axis_sources.reading import MAX_ROWS, Found, Reading, Row, failure


def read_lines(file: DataFile, reading: Reading) -> Found:
    """Return the lines as texts, trimmed; blank ones are skipped, `reading` is not needed."""
    found = Found()
    for line, text in enumerate(file.text().split("\n"), 1):
        value = text.strip()
        if value:
            mark = file.mark(line, len(text) - len(text.lstrip()) + 1)
            found.rows.append(Row(number=len(found.rows) + 1, value=value, mark=mark))
        if len(found.rows) > MAX_ROWS:
            break
    return found


def read_yaml(file: DataFile, reading: Reading) -> Found:
    """Return the items of the one list that a YAML file holds."""
    document = reading.load_yaml(file.data, file.name)
    if not isinstance(document.value, list):
        raise failure(document.mark(()), "data-syntax", "the file must hold a list of rows", "start each row with -")
    rows = [
        Row(number=index + 1, value=value, mark=document.mark((index,))) for index, value in enumerate(document.value)
    ]
    return Found(rows=rows)
