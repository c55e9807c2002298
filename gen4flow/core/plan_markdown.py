"""The plan as Markdown for a pull request: what would be bought, for how much, and why; safe whatever a recipe holds.

What comes from a recipe stands in code spans alone, where no Markdown, HTML, link or mention starts. The two signs that
could end one, backtick and the table's pipe, stand between spans as character references.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gen4flow.core.plan import BUYS, Action
from gen4flow.core.price import show_money
from gen4flow.core.references import host_of

MAX_CHARACTERS = 60_000  # GitHub takes 65,536 in a comment
MAX_CELL = 300  # characters of a key or a reason
MAX_HOSTS = 20
MAX_HOST = 100  # characters

_BUYS = frozenset(action.value for action in BUYS)
_KEEP = Action.KEEP.value
_BLANKS = re.compile("\r\n|[\t\n\r]")
# What is not seen, or changes how its surroundings are read: C0, DEL, C1, marks, embeddings, overrides and isolates of
# direction, what has no width, line separators, halves of surrogate pairs, tags. Joiners stay: honest words need them.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]"
)
_SIGNS = {"`": "&#96;", "|": "&#124;"}
_PIECES = re.compile("([`|])")
_OWN_WORDS = re.compile("[A-Za-z ,;]*")  # reasons that hold nothing of a recipe, a path, a key or an answer


def plan_markdown(document: Mapping[str, Any]) -> str:
    """Return a plan's JSON document (schemas/plan.schema.json) as Markdown of at most 60,000 characters.

    Jobs that are bought come first, then those that need a look, then, folded, those that are kept. Where not all find
    room, whole rows are left out, and the last line says how many.
    """
    jobs: Sequence[Mapping[str, Any]] = document["jobs"]
    text = "\n\n".join(_head(document))
    bought = [job for job in jobs if job["action"] in _BUYS]
    others = [job for job in jobs if job["action"] not in {*_BUYS, _KEEP}]
    rows = (_row(job, document["provider"]) for job in (*bought, *others))
    left = MAX_CHARACTERS - len(text) - len(_hidden(len(jobs))) - 1
    table, shown = _table("| Action | Price | Job | Why |\n|---|--:|---|---|", rows, left)
    text += table
    if shown == len(bought) + len(others):
        fold, folded = _folded([job for job in jobs if job["action"] == _KEEP], left - len(table))
        text, shown = text + fold, shown + folded
    return text + (_hidden(len(jobs) - shown) if shown < len(jobs) else "") + "\n"


def _folded(kept: Sequence[Mapping[str, Any]], most: int) -> tuple[str, int]:
    """Return the jobs that are kept, folded, and how many of them found room."""
    start, end = f"\n\n<details>\n<summary>{_counted(len(kept), 'job')} kept</summary>", "\n\n</details>"
    rows = (f"| {code(job['key'])} |" for job in kept)
    table, shown = _table("| Job |\n|---|", rows, most - len(start) - len(end))
    return (start + table + end, shown) if shown else ("", 0)


def _table(head: str, rows: Iterable[str], most: int) -> tuple[str, int]:
    """Return a table of as many whole rows as fit into so many characters, and how many; empty without a row."""
    lines, left = [f"\n\n{head}"], most - len(head) - 2
    for row in rows:
        left -= len(row) + 1
        if left < 0:
            break
        lines.append(row)
    return ("\n".join(lines), len(lines) - 1) if len(lines) > 1 else ("", 0)


def _hidden(count: int) -> str:
    """Return the line that says how many jobs are not shown."""
    verb = "is" if count == 1 else "are"
    return f"\n\n{_counted(count, 'more job')} {verb} not shown here: `gen4flow plan` shows them all."


def _head(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield the parts before the jobs: the name, the price, the actions, the hosts."""
    jobs = document["jobs"]
    yield f"## Plan of {code(document['recipe']['name'])}"
    yield _sentence(document)
    unpriced = sum(job["action"] in _BUYS and job["price"] is None for job in jobs)
    if unpriced:
        yield f"Without a known price, and not counted: **{_counted(unpriced, 'image')}**. A run refuses to buy them."
    if jobs:
        yield "\n".join(["| Action | Jobs | Price |", "|---|--:|--:|", *_actions(document)])
    if hosts := sorted({host_of(one["url"]) for job in jobs for one in job["references"] if "url" in one}):
        more = f" and {len(hosts) - MAX_HOSTS:,} more" if len(hosts) > MAX_HOSTS else ""
        yield f"Reference images come from {', '.join(code(host, MAX_HOST) for host in hosts[:MAX_HOSTS])}{more}."


def _sentence(document: Mapping[str, Any]) -> str:
    """Return what the plan comes to."""
    totals = document["totals"]
    jobs, buys = _counted(totals["jobs"], "job"), totals["buys"]
    maker = f"{code(document['provider'])} ({code(document['model'])})"
    if document["provider"] != "local":
        images = f"{_counted(buys, 'image')} to buy" if buys else "nothing to buy"
        return f"{jobs}, {images} from {maker}: **${_money(totals['price'])}**."
    if not buys:
        return f"{jobs}, nothing to draw: **free**."
    known = Decimal(totals["list_price"]) > 0
    real = f"**${_money(totals['list_price'])}**" if known else "a price that is not known"
    return f"{jobs}, {_counted(buys, 'proof')} to draw with {maker}: **free**; bought for real, {real}."


def _actions(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a row for each action that a job has: how many, and what they cost."""
    counts = Counter(job["action"] for job in document["jobs"])
    for action in (action.value for action in Action):
        if counts[action]:
            prices = [job["price"] for job in document["jobs"] if job["action"] == action]
            price = _sum(prices, document["provider"]) if action in _BUYS else ""
            yield f"| {action} | {counts[action]:,} | {price} |"


def _sum(prices: Sequence[str | None], provider: str) -> str:
    """Return what jobs cost together."""
    if provider == "local":
        return "free"
    known = [Decimal(price) for price in prices if price is not None]
    told = [f"${show_money(sum(known, Decimal(0)))}"] if known else []
    return " + ".join([*told, "?"] if len(known) < len(prices) else told)


def _row(job: Mapping[str, Any], provider: str) -> str:
    """Return the row of a job that is not kept."""
    price = _sum([job["price"]], provider) if job["action"] in _BUYS else ""
    if job["changed"]:
        why = code(", ".join(job["changed"]))
    elif _OWN_WORDS.fullmatch(job["reason"]):
        why = job["reason"]
    else:
        why = code(job["reason"])
    return f"| {job['action']} | {price} | {code(job['key'])} | {why} |"


def code(text: str, most: int = MAX_CELL) -> str:
    """Return a text as code spans on one line: shown as it is, cut at so many characters, and doing nothing at all."""
    cut = text if len(text) <= most else f"{text[: most - 1]}…"
    plain = _HIDDEN.sub("\N{REPLACEMENT CHARACTER}", _BLANKS.sub(" ", cut))
    return "".join(_SIGNS.get(piece) or f"`{piece}`" for piece in _PIECES.split(plain) if piece)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _money(amount: str) -> str:
    """Return a decimal text, and nothing that is none."""
    return show_money(Decimal(amount))
