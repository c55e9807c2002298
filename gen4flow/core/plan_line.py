"""A planned job as one line of JSON, as `plan --jsonl` prints it by the million."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from json.encoder import encode_basestring

from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.price import show_micros
from gen4flow.core.row_texts import line_part
from gen4flow.core.values import json_word, line_text

_ACTIONS = {action: encode_basestring(action.value) for action in Action}


def plan_line(planned: PlannedJob) -> str:
    """Return what json.dumps makes of a planned job's JSON values with sorted keys, put together from its parts."""
    job, price, files = planned.job, planned.price, planned.files
    request, axes = job.request, job.line if job.line is not None else line_part(job.axes)
    parameters = request.parameters
    told_price = "null" if price is None else f'"{show_micros(price)}"'
    return (
        f'{{"action": {_ACTIONS[planned.action]}, "axes": {{{axes}}}, '
        f'"changed": {line_text(planned.changed) if planned.changed else "[]"}, '
        f'"extras": {_mapping(job.extras) if job.extras else "{}"}, '
        f'"files": {f"[{encode_basestring(files[0])}]" if len(files) == 1 else line_text(list(files))}, '
        f'"fingerprint": "{job.fingerprint}", "key": {encode_basestring(job.key)}, '
        f'"parameters": {_parameters(tuple(parameters), *parameters.values())}, "price": {told_price}, '
        f'"prompt": {encode_basestring(request.prompt)}, "reason": {json_word(planned.reason)}, '
        f'"references": {line_text([one.as_json() for one in request.references]) if request.references else "[]"}, '
        f'"tags": {_mapping(job.tags) if job.tags else "{}"}}}'
    )


@lru_cache(maxsize=4_096, typed=True)  # or true would be told as 1
def _parameters(names: Sequence[str], *values: str | int) -> str:
    """Return the JSON of parameters: a few words and a seed, which come again and again."""
    return _mapping(dict(zip(names, values, strict=True)))


def _mapping(values: Mapping[str, object]) -> str:
    """Return a mapping's JSON, its names sorted."""
    told = []
    for name in sorted(values):
        value = values[name]
        told.append(f"{json_word(name)}: {json_word(value) if type(value) is str else line_text(value)}")
    return f"{{{', '.join(told)}}}"
