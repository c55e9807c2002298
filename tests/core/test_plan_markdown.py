"""The plan as Markdown: what it tells, and that nothing in a recipe does anything in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gen4flow.core.plan import BUYS, Action
from gen4flow.core.plan_markdown import MAX_CHARACTERS, code, plan_markdown
from gen4flow.core.price import show_money
from gen4flow.core.references import host_of

SHA = "f" * 64


def job(key: str, action: str = "add", reason: str = "new", **changed: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"axes": {}, "extras": {}, "tags": {}, "parameters": {}}
    told |= {"key": key, "fingerprint": SHA, "action": action, "reason": reason, "changed": [], "prompt": "a cup"}
    told |= {"references": [], "files": [], "price": "0.08" if Action(action) in BUYS else "0.00"}
    return told | changed


def document(*jobs: Mapping[str, Any], provider: str = "wavespeed") -> dict[str, Any]:
    buying = [one for one in jobs if Action(one["action"]) in BUYS]
    price = sum((Decimal(one["price"] or 0) for one in buying), Decimal(0))
    return {
        "format": "gen4flow-plan/1",
        "recipe": {"name": "spring-launch", "sha256": SHA},
        "provider": provider,
        "model": "runwayml/gen4-image",
        "totals": {
            "jobs": sum(one["action"] != "remove" for one in jobs),
            "buys": len(buying),
            "price": "0.00" if provider == "local" else show_money(price),
            "list_price": show_money(price),
            "currency": "USD",
            "by_action": dict(Counter(one["action"] for one in jobs)),
        },
        "jobs": [{**one, "price": "0.00"} if provider == "local" else one for one in jobs],
    }


def test_a_plan_is_told_with_price_actions_hosts_and_jobs_buying_ones_first_and_kept_ones_folded() -> None:
    cup = {"url": "https://img.example.com/cup.png"}
    told = document(
        job("main[a=1]", "keep", "bought, and in its place", references=[{"path": "a.png", "sha256": SHA}]),
        job("main[a=2]", "skip", "failed (task): no; --retry failed buys it again"),
        job("main[a=3]", references=[cup, {"url": "https://cdn.example.org/x"}]),
        job("main[a=4]", "change", "changed: prompt, seed", changed=["prompt", "seed"], references=[cup]),
        job("main[a=5]", "remove", "no longer in the recipe; nothing is deleted"),
    )
    assert (
        plan_markdown(told)
        == """\
## Plan of `spring-launch`

4 jobs, 2 images to buy from `wavespeed` (`runwayml/gen4-image`): **$0.16**.

| Action | Jobs | Price |
|---|--:|--:|
| add | 1 | $0.08 |
| change | 1 | $0.08 |
| keep | 1 |  |
| skip | 1 |  |
| remove | 1 |  |

Reference images come from `cdn.example.org`, `img.example.com`.

| Action | Price | Job | Why |
|---|--:|---|---|
| add | $0.08 | `main[a=3]` | new |
| change | $0.08 | `main[a=4]` | `prompt, seed` |
| skip |  | `main[a=2]` | `failed (task): no; --retry failed buys it again` |
| remove |  | `main[a=5]` | no longer in the recipe; nothing is deleted |

<details>
<summary>1 job kept</summary>

| Job |
|---|
| `main[a=1]` |

</details>
"""
    )


def test_proofs_are_free_and_what_they_would_cost_is_said() -> None:
    told = plan_markdown(document(job("main[a=1]"), provider="local"))
    assert "1 proof to draw with `local` (`runwayml/gen4-image`): **free**; bought for real, **$0.08**." in told
    assert "| add | 1 | free |" in told
    assert "| add | free | `main[a=1]` | new |" in told


def test_a_plan_that_buys_nothing_says_so() -> None:
    kept = job("main[a=1]", "keep", "bought, and in its place")
    assert "1 job, nothing to buy from `wavespeed` (`runwayml/gen4-image`): **$0.00**." in plan_markdown(document(kept))
    assert "1 job, nothing to draw: **free**." in plan_markdown(document(kept, provider="local"))
    assert plan_markdown(document()).splitlines()[2].startswith("0 jobs, nothing to buy")


def test_a_price_that_is_not_known_is_no_zero() -> None:
    told = plan_markdown(document(job("main[a=1]", price=None), job("main[a=2]")))
    assert "Without a known price, and not counted: **1 image**. A run refuses to buy them." in told
    assert "| add | 2 | $0.08 + ? |" in told
    assert "| add | ? | `main[a=1]` | new |" in told


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.com/a.png", "example.com"),
        ("https://EXAMPLE.com:8443/a.png", "example.com"),
        ("https://example.com?x", "example.com"),
        ("https://example.com#x@y", "example.com"),
        ("https://good.com@evil.com/good.com", "evil.com"),
        ("https://good.com:x@y@evil.com", "evil.com"),
        ("https://evil.com\\@good.com/", "evil.com"),
        ("https://[2001:db8::1]:80/x", "[2001:db8::1]"),
        ("https://user@[::1]/x", "[::1]"),
        ("https:///x", "https:///x"),
        ("nothing", "nothing"),
    ],
)
def test_a_host_is_the_one_that_a_browser_would_ask(url: str, host: str) -> None:
    assert host_of(url) == host


def test_of_many_hosts_the_first_are_named() -> None:
    jobs = [job(f"main[a={n}]", references=[{"url": f"https://h{n:02}.example/x"}]) for n in range(25)]
    assert "`h18.example`, `h19.example` and 5 more." in plan_markdown(document(*jobs))


NASTY = [
    *("a | b", "a\\|b", "\\|", "a\\", "`", "``` ` ```", "|`|", "<script>alert(1)</script>", "</details>", "<!-- x"),
    *("[x](http://evil.com)", "![i](http://evil.com/x.png)", "@team", "a@evil.com", "www.evil.com", "#1", "GH-1"),
    *("*b* _i_ ~~s~~", "a\nb\r\n\n# h", "| --- |", "&lt;b&gt;&#64;team", "$`x`$", "  lead  ", "", "\u202eabc\u2066"),
]
TEXTS = st.sampled_from(NASTY) | st.text(st.sampled_from("|`\\<>&#;@[]()!*_~$\n\r\t: a0\u202e\u2028\x85\x00\ud800é"))
ACTIONS = st.sampled_from([action.value for action in Action])


def jobs_of(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Draw jobs whose every text is one of these."""
    made = st.builds(
        lambda key, action, reason, changed, url: job(
            key, action, reason, changed=changed, references=[{"url": url}] if url else []
        ),
        *(texts, ACTIONS, texts, st.lists(texts, max_size=2), texts),
    )
    return st.lists(made, max_size=5)


SPAN = re.compile("`[^`|\n]+`|&#96;|&#124;")
# what remains of a line without spans: words of our own, and nothing that Markdown, HTML or a host could act on
OWN = re.compile(r"(## |\*\*\$?|[A-Za-z0-9 .,;:()$?+]|\*\*|(?<= )…)*")
ROW = re.compile(r"\|( [A-Za-z0-9 .,;$?+]* \|){1,4}|\|(--?-?:?\|){1,4}|\|(---?:?\|){1,4}")
FOLD = re.compile(r"<details>|<summary>\d+ jobs? kept</summary>|</details>")


def harmless(line: str) -> bool:
    bare = SPAN.sub("", line)
    if re.search(r"[A-Za-z]\.[A-Za-z]", bare):  # a host, which some renderers make a link of
        return False
    return bool(ROW.fullmatch(bare) if line.startswith("|") else FOLD.fullmatch(line) or OWN.fullmatch(bare))


def check_harmless(jobs: Sequence[Mapping[str, Any]], text: str, provider: str) -> None:
    told = plan_markdown({**document(*jobs, provider=provider), "recipe": {"name": text}, "model": text})
    assert [line for line in told.split("\n") if not harmless(line)] == []
    assert told.splitlines() == told.rstrip("\n").split("\n")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00-\x09\x0b-\x1f\ud800-\udfff]", told)
    assert told.splitlines().count("<details>") == told.splitlines().count("</details>")


@pytest.mark.parametrize("text", NASTY)
def test_a_nasty_text_stays_inside_code_spans_wherever_it_stands(text: str) -> None:
    one = job(text, "skip", text, references=[{"url": text}, {"url": f"https://{text}/"}])
    check_harmless([one, job(text, "change", changed=[text]), job(text, "keep")], text, "wavespeed")


@given(jobs_of(TEXTS), TEXTS, st.sampled_from(["wavespeed", "local"]))
def test_whatever_a_recipe_holds_stays_inside_code_spans(jobs: list[dict[str, Any]], text: str, provider: str) -> None:
    check_harmless(jobs, text, provider)


@given(st.text(st.sampled_from("|`\\<&;# aé\u200d"), max_size=50))
def test_a_text_is_shown_as_it_is(text: str) -> None:
    shown = SPAN.sub(lambda found: {"&#96;": "`", "&#124;": "|"}.get(found[0], found[0][1:-1]), code(text))
    assert shown == text


def test_what_is_not_seen_is_shown_and_a_long_text_is_cut() -> None:
    assert code("a\u202eb\nc\u200bd\r\ne") == "`a\ufffdb c\ufffdd e`"
    assert code("x" * 300) == f"`{'x' * 300}`"
    assert code("x" * 301) == f"`{'x' * 299}…`"


def rows(told: str) -> list[str]:
    return [line for line in told.splitlines() if "main[" in line]


@pytest.mark.parametrize(("bought", "kept"), [(5000, 0), (0, 5000), (400, 5000), (1700, 10)])
def test_a_plan_too_long_for_a_comment_is_cut_at_a_row_and_says_how_many_are_not_shown(bought: int, kept: int) -> None:
    jobs = [job(f"main[n={n}]", "keep" if n < kept else "add") for n in range(bought + kept)]
    told = plan_markdown(document(*jobs))
    assert MAX_CHARACTERS - 100 < len(told) <= MAX_CHARACTERS
    found = rows(told)
    assert all(line.endswith(" |") for line in found)
    hidden = bought + kept - len(found)
    assert told.endswith(f"\n\n{hidden:,} more jobs are not shown here: `gen4flow plan` shows them all.\n")
    assert ("<details>" in told) is ("</details>" in told) is (bought < 1000 and kept > 0)


@pytest.mark.parametrize("width", [200, 230, 260, 290])
def test_kept_jobs_are_not_shown_where_others_found_no_room(width: int) -> None:
    bought = [job(f"main[n={n:05}{'x' * width}") for n in range(400)]
    assert "<details>" not in plan_markdown(document(*bought, job("main[]", "keep")))


def test_a_plan_that_fits_is_shown_whole() -> None:
    def told(width: int) -> str:
        return plan_markdown(document(*(job(f"main[n={'x' * 150}]") for _ in range(300)), job("main[" + "y" * width)))

    assert "not shown" not in told(1)
    assert len(told(100)) == len(told(1)) + 99


@given(jobs_of(st.just("|" * 400)), st.integers(1, 40))
def test_even_the_worst_texts_never_make_it_longer_than_a_comment(jobs: Sequence[dict[str, Any]], times: int) -> None:
    assert len(plan_markdown(document(*(list(jobs) * times)))) <= MAX_CHARACTERS
