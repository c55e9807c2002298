"""Takes the API key out of whatever the API says: an error that repeats it would end in a terminal or in the ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import quote

from gen4flow.core.calls import Answer, NoReply

SHORTEST = 8  # characters: what is shorter is no real key, and may stand in an id or a word by chance
STANDS_FOR_KEY = "[key]"


class Unspoken:
    """A key, with the spellings in which an answer may repeat it: plain, in JSON, in a URL."""

    def __init__(self, key: str) -> None:
        in_json = json.dumps(key)[1:-1]
        spelled = {key, in_json, in_json.replace("/", "\\/"), quote(key, safe=""), quote(key)}
        self._spellings = sorted(spelled, key=len, reverse=True) if len(key) >= SHORTEST else []

    def out_of(self, answer: Answer) -> Answer:
        """Return an answer without the key; an id or an address that held it is none any more."""
        if isinstance(answer, NoReply):
            message = answer.message
            for spelled in self._spellings:
                message = message.replace(spelled, STANDS_FOR_KEY)
            return replace(answer, message=message)
        body = answer.body
        for spelled in self._spellings:
            body = body.replace(spelled.encode(), STANDS_FOR_KEY.encode())
        return answer if body is answer.body else replace(answer, body=body)
