"""The way to each provider: its API, or for proofs an emulator, which remembers its predictions."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import replace

from gen4flow.commands.account import Access, access_to, ask_account
from gen4flow.core.errors import AccessRefused
from gen4flow.emulator import Settings as EmulatorSettings
from gen4flow.emulator import serving
from gen4flow.project import Project
from gen4flow.providers import PROVIDERS, wavespeed

PROOF_LATENCY = 0.2  # seconds that a proof pretends to take
FOLDER = "emulator"


@contextlib.contextmanager
def reach(provider: str, project: Project) -> Iterator[Access]:
    """Yield the way to a provider; raises AccessRefused without a key."""
    if provider != "local":
        yield access_to(provider, project)
        return
    with serving(EmulatorSettings(folder=project.state / FOLDER, latency=PROOF_LATENCY)) as base_url:
        yield Access(dialect=PROVIDERS["local"], base_url=base_url, key="proof", is_paid=False)


@contextlib.contextmanager
def reach_again(provider: str, project: Project) -> Iterator[Access]:
    """Yield the way to where purchases were made before: proofs may be from an emulator that stands elsewhere."""
    if provider == "local" and os.environ.get(wavespeed.BASE_URL_VARIABLE):
        with contextlib.suppress(AccessRefused):
            access = access_to("wavespeed", project)
            if ask_account(access, ()).emulator:
                yield replace(access, is_paid=False)
                return
    with reach(provider, project) as access:
        yield access
