"""`gen4flow run`: plans, shows the price, asks, buys, fetches, writes; running it again resumes."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

from gen4flow import __version__
from gen4flow.commands.account import Access, ask_account
from gen4flow.commands.buying import buy, settle_crashed
from gen4flow.commands.consent import caps_of, confirm, dollars, refuse, refuse_prices
from gen4flow.commands.importing import import_elsewhere
from gen4flow.commands.plan import summary_text
from gen4flow.commands.plan_options import add_wishes
from gen4flow.commands.preparing import Prepared
from gen4flow.commands.provider_access import reach
from gen4flow.commands.recipe_options import add_recipe, add_recipe_options, add_selectors
from gen4flow.commands.report import report, report_sum
from gen4flow.commands.run_options import add_run_options, concurrency
from gen4flow.commands.run_plan import Mandate, RunPlan
from gen4flow.commands.view import View
from gen4flow.commands.watching import Watcher
from gen4flow.core.errors import Gen4flowError
from gen4flow.core.history import Cap, RunFacts
from gen4flow.core.job import Job
from gen4flow.core.outcome import Ending, Outcome
from gen4flow.core.purchase import Status
from gen4flow.engine import Settings
from gen4flow.ledger import Ledger
from gen4flow.progress import Progress
from gen4flow.project import git_facts
from gen4flow.providers import PROVIDERS
from gen4flow.state_lock import held
from gen4flow.terminal import say

POLL_DEADLINE, PROOF_DEADLINE = 1_800.0, 30.0  # seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_recipe(parser, help_text="a YAML file, or a plan that `gen4flow plan -o` has written")
    add_recipe_options(parser)
    add_selectors(parser)
    add_wishes(parser)
    add_run_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Buy what is missing and write everything; returns the exit code of how it ended."""
    mandate = Mandate.of(arguments)
    prepared = mandate.prepared()
    made = list(prepared.jobs())  # an invalid recipe is exit 2, whoever holds the state
    with held(prepared.project.state), contextlib.closing(Ledger.open(prepared.project.state)) as ledger:
        settle_crashed(ledger)
        return _Run(mandate, ledger).of(prepared, made)


class _Run:
    """One run with the ledger open and the state held; `given` is the way to an emulator that stands elsewhere."""

    def __init__(self, mandate: Mandate, ledger: Ledger, given: Access | None = None) -> None:
        self._mandate = mandate
        self._arguments = mandate.arguments
        self._ledger = ledger
        self._given = given

    def of(self, prepared: Prepared, made: Sequence[Job] | None = None) -> int:
        """Plan the recipe's jobs, which are made or not, and carry out; returns the exit code."""
        plan = self._mandate.planned(prepared, self._ledger, made)
        if not plan.orders and not plan.running:
            import_elsewhere(plan.planning, plan.jobs, self._ledger, None, _facts)
            return self._finish(plan, ())
        with self._access(plan) as access:
            if self._given is None and prepared.is_proof:  # what was planned as proofs is held to a plan file, too
                self._mandate.check(plan)
            if plan.orders and not prepared.is_proof:
                account = ask_account(access, [one.job.request for one in plan.orders])
                self._mandate.check(plan)
                if account.emulator:
                    say("the API is an emulator: what it draws are proofs, and cost nothing")
                    proofs = replace(access, dialect=PROVIDERS["local"], is_paid=False)
                    return _Run(self._mandate, self._ledger, given=proofs).of(prepared.as_proof())
                refuse_prices(account.prices)
            return self._carry_out(plan, access)

    def _access(self, plan: RunPlan) -> AbstractContextManager[Access]:
        """Return the way to the provider, to be entered."""
        if self._given is not None:
            return contextlib.nullcontext(self._given)
        return reach(plan.planning.prepared.recipe.provider, plan.planning.prepared.project)

    def _carry_out(self, plan: RunPlan, access: Access) -> int:
        """Refuse, ask, buy, write."""
        prepared, view = plan.planning.prepared, View(plan.planning, self._ledger, plan.jobs)
        say(summary_text(prepared, plan.summary))
        if len(plan.orders) < plan.summary.buys:
            say(f"--limit {self._arguments.limit}: {len(plan.orders)} of these now, {dollars(plan.total)}.")
        view.check()
        caps = caps_of(prepared, self._mandate)
        refuse(plan, caps, self._ledger)
        confirm(plan, self._arguments)
        run = self._ledger.start_run(_facts(prepared))
        self._approve(plan, run)
        import_elsewhere(plan.planning, plan.jobs, self._ledger, run, _facts)  # what is bought now may need them
        progress = Progress(len(plan.orders) + len(plan.running))
        try:
            endings = buy(
                access,
                self._settings(prepared, run, caps),
                tasks=plan.tasks(),
                running=plan.running,
                ledger=self._ledger,
                objects=plan.planning.objects,
                observer=Watcher(progress, view),
            )
        except (OSError, Gen4flowError):
            with contextlib.suppress(OSError, Gen4flowError):
                self._finish(plan, ())
            raise
        finally:
            progress.close()
        return self._finish(plan, endings)

    def _settings(self, prepared: Prepared, run: int, caps: Sequence[Cap]) -> Settings:
        """Return what the engine may do."""
        limits = prepared.recipe.limits
        return Settings(
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

    def _approve(self, plan: RunPlan, run: int) -> None:
        """Record what this run's word approves, with the total that was shown for it."""
        for step in sorted(plan.planning.wishes.approve):
            approved = [one for one in plan.jobs if one.buys and one.job.step == step and one.job.key in plan.meant]
            if approved:
                total = sum(one.price or 0 for one in approved)
                self._ledger.approve([one.job.fingerprint for one in approved], run=run, step=step, micros=total)

    def _finish(self, plan: RunPlan, endings: Sequence[tuple[Ending, str]]) -> int:
        """Write the view and say how it went; returns the exit code."""
        view = View(plan.planning, self._ledger, plan.jobs)
        if not endings and view.stands():
            report_sum(plan, done=len(plan.jobs))
            return Outcome().exit_code
        entries = view.write()
        statuses = [entry.status for entry in entries]
        outcome = Outcome(
            endings=tuple(endings),
            failed=statuses.count(Status.FAILED),
            unfetched=statuses.count(Status.SUBMITTED),
            unknown=statuses.count(Status.UNKNOWN),
            held=statuses.count(Status.HELD),
        )
        report(plan, entries, outcome)
        view.settle()
        return outcome.exit_code


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
