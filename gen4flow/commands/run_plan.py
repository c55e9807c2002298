"""What a run is about to carry out: its plan, the jobs that are bought now, and what a plan file allows."""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from gen4flow.commands.choosing import chosen
from gen4flow.commands.plan_file import PlanFile, read_plan_file
from gen4flow.commands.plan_options import wishes_of
from gen4flow.commands.planning import Planning, plan_for
from gen4flow.commands.preparing import Prepared, prepare
from gen4flow.commands.recipe_options import choices_of
from gen4flow.core.errors import StalePlan
from gen4flow.core.history import Purchase
from gen4flow.core.job import Job
from gen4flow.core.plan import Action, PlannedJob
from gen4flow.core.purchase import Status
from gen4flow.core.references import LocalImage
from gen4flow.core.summary import Summary
from gen4flow.engine import Task
from gen4flow.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Mandate:
    """What a run was told to do: a recipe with its options, or a plan file that says them."""

    arguments: argparse.Namespace
    plan_file: PlanFile | None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Mandate:
        """Return the mandate of a command line; raises UsageError."""
        return cls(arguments=arguments, plan_file=read_plan_file(arguments.recipe))

    def prepared(self) -> Prepared:
        """Return the recipe; raises RecipeError, UsageError."""
        if self.plan_file is None:
            return prepare(self.arguments.recipe, choices_of(self.arguments))
        return prepare(self.plan_file.recipe, self.plan_file.choices(self.arguments))

    def planned(self, prepared: Prepared, ledger: Ledger, made: Sequence[Job] | None) -> RunPlan:
        """Return the plan of jobs that are made or not, with selectors and `--limit` heeded; raises what these raise.

        Those are RecipeError and UsageError.
        """
        wishes = wishes_of(self.arguments)
        wishes = self.plan_file.wishes(wishes.approve) if self.plan_file else wishes
        selectors = self.plan_file.selectors if self.plan_file else tuple(self.arguments.select)
        planning = plan_for(prepared, ledger, wishes)
        jobs = list(planning.jobs(made))
        meant = chosen(jobs, selectors)
        summary = Summary.of([one for one in jobs if one.job.key in meant])
        buying = (one for one in jobs if one.buys and one.job.key in meant)
        orders = list(itertools.islice(buying, self.arguments.limit))
        return RunPlan(planning=planning, jobs=jobs, meant=meant, orders=orders, summary=summary)

    def check(self, plan: RunPlan) -> None:
        """Raise StalePlan where the plan file does not list what would be bought."""
        if self.plan_file is None:
            return
        extra = [one for one in plan.orders if one.job.fingerprint not in self.plan_file.fingerprints]
        if extra:
            more = f" and {len(extra) - 1} more" if len(extra) > 1 else ""
            raise StalePlan(
                f"{self.plan_file.path} is stale: it does not list {extra[0].job.key}{more}, which would be bought\n"
                f"  help: make it again: {self.plan_file.command}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """A plan that is about to be carried out: all its jobs, the keys of those that are meant, and what is bought."""

    planning: Planning
    jobs: Sequence[PlannedJob]
    meant: frozenset[str]
    orders: Sequence[PlannedJob]
    summary: Summary

    @property
    def running(self) -> list[Purchase]:
        """Return the purchases whose images are to be fetched: each once, though several jobs may share it."""
        known = (one for one in self.jobs if one.purchase and one.action is not Action.KEEP)
        mine = [(one.action, one.purchase) for one in known if one.purchase and one.job.key in self.meant]
        found = [purchase for action, purchase in mine if action is Action.RESUME]
        lost = [
            purchase
            for _, purchase in mine
            if purchase.attempt.status is Status.SUCCEEDED
            and purchase.attempt.prediction_id
            and not all(self.planning.objects.has(image.sha256, bytes=image.bytes) for image in purchase.images)
        ]
        return list({purchase.number: purchase for purchase in [*lost, *found]}.values())

    @property
    def total(self) -> int:
        """Return what the orders cost in micro-dollars."""
        return sum(one.price or 0 for one in self.orders)

    def tasks(self) -> list[Task]:
        """Return the orders as the engine takes them, with the places of their local images."""
        images = self.planning.prepared.images
        return [
            Task(
                order=self.planning.order(one),
                request=one.job.request,
                files={
                    image.sha256: images.path(image)
                    for image in one.job.request.references
                    if isinstance(image, LocalImage)
                },
            )
            for one in self.orders
        ]
