"""Whether a run may buy: its caps, its prices, and the word of whoever started it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

from gen4flow.commands.preparing import Prepared
from gen4flow.commands.run_plan import Mandate, RunPlan
from gen4flow.core.errors import Refused
from gen4flow.core.history import Cap, Reach
from gen4flow.core.price import from_micros, list_price, show_money, to_micros
from gen4flow.ledger import Ledger


def caps_of(prepared: Prepared, mandate: Mandate) -> list[Cap]:
    """Return every cap that holds for a run; proofs cost nothing and have none."""
    if prepared.is_proof:
        return []
    caps = list(prepared.project.caps())
    if (limit := prepared.recipe.limits.max_cost) is not None:
        caps.append(Cap(reach=Reach.RECIPE, limit=to_micros(limit), told=f"limits.max_cost of {prepared.path}"))
    if mandate.arguments.max_cost is not None:
        caps.append(Cap(reach=Reach.RUN, limit=mandate.arguments.max_cost, told="--max-cost"))
    if (plan := mandate.plan_file) is not None:
        caps.append(Cap(reach=Reach.RUN, limit=plan.total, told=f"the total of {plan.path}"))
    return caps


def refuse(plan: RunPlan, caps: Sequence[Cap], ledger: Ledger) -> None:
    """Raise Refused for a plan with an unknown price, or one that no cap has room for."""
    unpriced = next((one for one in plan.orders if one.price is None), None)
    if unpriced is not None:
        request = unpriced.job.request
        raise Refused(f"no price is known for {request.model} at {request.resolution}: it is refused, not counted as 0")
    for cap in caps:
        left = cap.limit - ledger.used(cap, recipe=plan.planning.prepared.scope)
        if plan.total > left:
            raise Refused(
                f"over {cap.told}: {dollars(plan.total)} to buy, and {dollars(max(left, 0))} is left "
                f"of {dollars(cap.limit)}\n  help: raise the cap, or buy fewer images with --limit"
            )


def refuse_prices(prices: Mapping[tuple[str, str], Decimal]) -> None:
    """Raise Refused where the provider asks more than the plan says."""
    for (model, resolution), price in prices.items():
        planned = list_price(model, resolution)
        if planned is not None and price > planned:
            raise Refused(
                f"{model} at {resolution} costs ${show_money(price)} now, and the plan says ${show_money(planned)}: "
                "upgrade gen4flow, whose price table is older than that"
            )


def confirm(plan: RunPlan, arguments: argparse.Namespace) -> None:
    """Ask a person, unless --yes or nothing costs anything; raises Refused."""
    if not plan.total or arguments.yes:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise Refused(f"{dollars(plan.total)} to buy, and nobody to ask: say --yes to buy without being asked")
    images = f"{len(plan.orders)} image{'' if len(plan.orders) == 1 else 's'}"
    print(f"Buy {images} for {dollars(plan.total)}? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise Refused("not confirmed: nothing was bought")


def dollars(micros: int) -> str:
    """Return an amount for people."""
    return f"${show_money(from_micros(micros))}"
