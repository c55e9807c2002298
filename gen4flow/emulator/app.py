"""The provider's API as a Starlette application: which path goes where."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from gen4flow.emulator import account_api, downloads, predictions_api, uploads
from gen4flow.emulator.emulator import Emulator
from gen4flow.emulator.envelope import Marked, Refusal, answer_bug, answer_not_found, answer_refusal
from gen4flow.emulator.faults.chance import Chance, faulty
from gen4flow.emulator.requests import keyed
from gen4flow.emulator.settings import Settings


def create_app(settings: Settings) -> Starlette:
    """Make an emulator, whose `state.emulator` tells what it has accepted; UsageError for a bad fault."""
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Marked)],
        exception_handlers={
            Refusal: answer_refusal,
            404: answer_not_found,
            405: answer_not_found,
            Exception: answer_bug,
        },
    )
    app.state.chance = Chance(settings.faults, seed=settings.fault_seed)
    app.state.emulator = Emulator(settings)
    app.state.uploads = {}
    return app


def _routes() -> list[Route]:
    poll = faulty("poll", keyed(predictions_api.result))
    return [
        Route("/api/v3/predictions/{id}/result", poll, methods=["GET"]),
        Route("/api/v3/predictions/{id}", poll, methods=["GET"]),
        Route("/api/v3/predictions", keyed(predictions_api.history), methods=["POST"]),
        Route("/api/v3/predictions/delete", keyed(predictions_api.delete), methods=["POST"]),
        Route("/api/v3/balance", faulty("balance", keyed(account_api.balance)), methods=["GET"]),
        Route("/api/v3/model/price", keyed(account_api.model_price), methods=["POST"]),
        Route("/api/v3/models", keyed(account_api.list_models), methods=["GET"]),
        Route("/api/v3/billings/search", keyed(account_api.search_billings), methods=["POST"]),
        Route("/api/v3/scheduler/billings/query", keyed(account_api.query_billings), methods=["POST"]),
        Route("/api/v3/media/uploads", faulty("upload", keyed(uploads.ticket)), methods=["POST"]),
        Route("/api/v3/media/upload/binary", faulty("upload", keyed(uploads.binary)), methods=["POST"]),
        Route("/uploads/{token}.{suffix}", faulty("upload", uploads.put), methods=["PUT"]),
        Route("/uploads/{token}.{suffix}", uploads.fetch, methods=["GET"]),
        Route("/predictions/{id}/{name}", faulty("download", downloads.download), methods=["GET"]),
        # The last one: a model's name may hold any number of slashes.
        Route("/api/v3/{model:path}", faulty("submit", keyed(predictions_api.submit)), methods=["POST"]),
    ]
