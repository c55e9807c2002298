"""Faults in an upload: in its ticket, or in the PUT that the ticket names."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from gen4flow.emulator.faults import answers
from gen4flow.emulator.faults.fault import Act, Proceed

ELSEWHERE = {"method": "PUT", "url": "http://169.254.169.254/upload", "headers": {}}


def _only_put(fault: Act) -> Act:
    async def act(request: Request, proceed: Proceed) -> Response:
        return await fault(request, proceed) if request.method == "PUT" else await proceed()

    return act


def _not_put(fault: Act) -> Act:
    async def act(request: Request, proceed: Proceed) -> Response:
        return await proceed() if request.method == "PUT" else await fault(request, proceed)

    return act


put_refused = _only_put(answers.answering(403, "Forbidden: the signature does not match"))
put_dropped = _only_put(answers.drop)
no_url = _not_put(answers.edited(lambda data: {**data, "upload": {}}))
url_elsewhere = _not_put(answers.edited(lambda data: {**data, "upload": ELSEWHERE}))
