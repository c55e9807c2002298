"""`gen4flow run`: plans, shows the price, asks, buys, fetches, writes; running it again resumes."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from decimal import Decimal

from gen4flow import __version__
from gen4flow.commands.account import Access, ask_account
from gen4flow.commands.buying import buy, settle_crashed
from gen4flow.commands.importing import import_elsewhere
from gen4flow.commands.plan import summary_text
from gen4flow.commands.planning import Planning, plan_for
from gen4flow.commands.preparing import Prepared, prepare
from gen4flow.commands.provider_access import reach
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, choices_of
from gen4flow.commands.report import report
from gen4flow.commands.run_options import add_run_options, concurrency
from gen4flow.commands.view import View
from gen4flow.commands.watching import Watcher
from gen4flow.core.errors import Gen4flowError, Refused
from gen4flow.core.history import Cap, Purchase, Reach, RunFacts
from gen4flow.core.outcome import Ending, Outcome
from gen4flow.core.plan import Action, PlannedJob, Retry
from gen4flow.core.price import from_micros, list_price, show_money, to_micros
from gen4flow.core.purchase import Status
from gen4flow.core.summary import Summary
from gen4flow.engine import Settings, Task
from gen4flow.ledger import Ledger
from gen4flow.progress import Progress
from gen4flow.project import git_facts
from gen4flow.providers import PROVIDERS
from gen4flow.state_lock import held
from gen4flow.terminal import say

POLL_DEADLINE, PROOF_DEADLINE = 1_800.0, 30.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser)
    add_recipe_options(parser)
    add_run_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Buy what is missing and write everything; returns the exit code of how it ended."""
    prepared = prepare(arguments.recipe, choices_of(arguments))
    for _ in prepared.jobs():  # an invalid recipe is exit 2, whoever holds the state
        pass
    with held(prepared.project.state), contextlib.closing(Ledger.open(prepared.project.state)) as ledger:
        settle_crashed(ledger)
        return _Run(arguments, ledger).of(prepared)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A plan that is about to be carried out: its jobs, and those of them that are bought now."""

    planning: Planning
    jobs: Sequence[PlannedJob]
    orders: Sequence[PlannedJob]
    summary: Summary

    @property
    def running(self) -> list[Purchase]:
        """Return the purchases whose images are to be fetched: each once, though several jobs may share it."""
        found = [one.purchase for one in self.jobs if one.purchase and one.action is Action.RESUME]
        lost = [
            one.purchase
            for one in self.jobs
            if one.purchase
            and one.purchase.attempt.status is Status.SUCCEEDED
            and one.purchase.attempt.prediction_id
            and not all(self.planning.objects.has(image.sha256, bytes=image.bytes) for image in one.purchase.images)
        ]
        return list({purchase.number: purchase for purchase in [*lost, *found]}.values())


class _Run:
    """One run with the ledger open and the state held; `given` is the way to an emulator that stands elsewhere."""

    def __init__(self, arguments: argparse.Namespace, ledger: Ledger, given: Access | None = None) -> None:
        self._arguments = arguments
        self._ledger = ledger
        self._given = given

    def of(self, prepared: Prepared) -> int:
        """Plan and carry out; returns the exit code."""
        plan = self._planned(prepared)
        if not plan.orders and not plan.running:
            return self._finish(plan, (), run=None)
        with self._access(plan) as access:
            if plan.orders and not prepared.is_proof:
                account = ask_account(access, [one.job.request for one in plan.orders])
                if account.emulator:
                    say("the API is an emulator: what it draws are proofs, and cost nothing")
                    proofs = replace(access, dialect=PROVIDERS["local"], is_paid=False)
                    return _Run(self._arguments, self._ledger, given=proofs).of(prepared.as_proof())
                _check_prices(account.prices)
            return self._carry_out(plan, access)

    def _access(self, plan: _Plan) -> AbstractContextManager[Access]:
        """Return the way to the provider, to be entered."""
        if self._given is not None:
            return contextlib.nullcontext(self._given)
        return reach(plan.planning.prepared.recipe.provider, plan.planning.prepared.project)

    def _planned(self, prepared: Prepared) -> _Plan:
        """Return the plan, with `--limit` heeded; raises RecipeError."""
        planning = plan_for(
            prepared,
            self._ledger,
            retry=Retry(self._arguments.retry or "none"),
            buy_elsewhere=self._arguments.buy_elsewhere,
        )
        jobs, summary = [], Summary()
        for planned in planning.jobs():
            jobs.append(planned)
            summary.add(planned)
        orders = list(itertools.islice((one for one in jobs if one.buys), self._arguments.limit))
        return _Plan(planning=planning, jobs=jobs, orders=orders, summary=summary)

    def _carry_out(self, plan: _Plan, access: Access) -> int:
        """Refuse, ask, buy, write."""
        prepared, view = plan.planning.prepared, View(plan.planning, self._ledger, plan.jobs)
        say(summary_text(prepared, plan.summary))
        view.check()
        caps = self._caps(prepared)
        self._refuse(plan, caps)
        self._confirm(plan)
        run = self._ledger.start_run(_facts(prepared))
        progress = Progress(len(plan.orders) + len(plan.running))
        limits = prepared.recipe.limits
        settings = Settings(
            run=run,
            recipe=prepared.scope,
            caps=caps,
            concurrency=concurrency(self._arguments, limits.concurrency),
            images_per_minute=limits.images_per_minute,
            submitting=limits.submitting,
            max_failures=self._arguments.max_failures,
            # an emulator in this process answers at once or has never heard of a prediction
            poll_deadline=PROOF_DEADLINE if prepared.is_proof and self._given is None else POLL_DEADLINE,
        )
        try:
            endings = buy(
                access,
                settings,
                tasks=[Task(order=plan.planning.order(one), request=one.job.request) for one in plan.orders],
                running=plan.running,
                ledger=self._ledger,
                objects=plan.planning.objects,
                observer=Watcher(progress, view),
            )
        except (OSError, Gen4flowError):
            with contextlib.suppress(OSError, Gen4flowError):
                self._finish(plan, (), run=run)
            raise
        finally:
            progress.close()
        return self._finish(plan, endings, run=run)

    def _caps(self, prepared: Prepared) -> list[Cap]:
        """Return every cap that holds for this run; proofs cost nothing and have none."""
        if prepared.is_proof:
            return []
        caps = list(prepared.project.caps())
        if (limit := prepared.recipe.limits.max_cost) is not None:
            caps.append(Cap(reach=Reach.RECIPE, limit=to_micros(limit), told=f"limits.max_cost of {prepared.path}"))
        if self._arguments.max_cost is not None:
            caps.append(Cap(reach=Reach.RUN, limit=self._arguments.max_cost, told="--max-cost"))
        return caps

    def _refuse(self, plan: _Plan, caps: Sequence[Cap]) -> None:
        """Raise Refused for a plan with an unknown price, or one that no cap has room for."""
        unpriced = next((one for one in plan.orders if one.price is None), None)
        if unpriced is not None:
            request = unpriced.job.request
            raise Refused(
                f"no price is known for {request.model} at {request.resolution}: it is refused, not counted as 0"
            )
        total = sum(one.price or 0 for one in plan.orders)
        for cap in caps:
            left = cap.limit - self._ledger.used(cap, recipe=plan.planning.prepared.scope)
            if total > left:
                raise Refused(
                    f"over {cap.told}: {_dollars(total)} to buy, and {_dollars(max(left, 0))} is left "
                    f"of {_dollars(cap.limit)}\n  help: raise the cap, or buy fewer images with --limit"
                )

    def _confirm(self, plan: _Plan) -> None:
        """Ask a person, unless --yes or nothing costs anything; raises Refused."""
        total = sum(one.price or 0 for one in plan.orders)
        if not total or self._arguments.yes:
            return
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise Refused(f"{_dollars(total)} to buy, and nobody to ask: say --yes to buy without being asked")
        print(f"Buy {len(plan.orders)} images for {_dollars(total)}? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise Refused("not confirmed: nothing was bought")

    def _finish(self, plan: _Plan, endings: Sequence[tuple[Ending, str]], *, run: int | None) -> int:
        """Import what was bought elsewhere, write the view, say how it went; returns the exit code."""
        view = View(plan.planning, self._ledger, plan.jobs)
        import_elsewhere(plan.planning, plan.jobs, self._ledger, run, _facts)
        entries = view.write()
        statuses = [entry.status for entry in entries]
        outcome = Outcome(
            endings=tuple(endings),
            failed=statuses.count(Status.FAILED),
            unfetched=statuses.count(Status.SUBMITTED),
            unknown=statuses.count(Status.UNKNOWN),
        )
        report(plan.planning, entries, outcome)
        return outcome.exit_code


def _check_prices(prices: dict[tuple[str, str], Decimal]) -> None:
    """Raise Refused where the provider asks more than the plan says."""
    for (model, resolution), price in prices.items():
        planned = list_price(model, resolution)
        if planned is not None and price > planned:
            raise Refused(
                f"{model} at {resolution} costs ${show_money(price)} now, and the plan says ${show_money(planned)}: "
                "upgrade gen4flow, whose price table is older than that"
            )


def _facts(prepared: Prepared) -> RunFacts:
    """Return what the ledger notes of a run."""
    commit, dirty = git_facts(prepared.path)
    return RunFacts(
        recipe=prepared.scope,
        provider=prepared.recipe.provider,
        recipe_sha256=prepared.recipe.sha256,
        git_commit=commit,
        git_dirty=dirty,
        tool_version=__version__,
    )


def _dollars(micros: int) -> str:
    return f"${show_money(from_micros(micros))}"
