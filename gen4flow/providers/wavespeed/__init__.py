"""WaveSpeedAI's REST API, version 3. Source: the vendor's documentation and official SDK, as of 2026-11."""

from gen4flow.providers.wavespeed.account import (
    balance,
    is_emulator,
    price,
    read_balance,
    read_denial,
    read_price,
)
from gen4flow.providers.wavespeed.records import billing, history, read_billing, read_history
from gen4flow.providers.wavespeed.result import poll, read_poll
from gen4flow.providers.wavespeed.submit import read_submit, submit
from gen4flow.providers.wavespeed.upload import upload

NAME = "wavespeed"
KEY_VARIABLE = "WAVESPEED_API_KEY"
BASE_URL_VARIABLE = "WAVESPEED_BASE_URL"
DEFAULT_BASE_URL = "https://api.wavespeed.ai"

__all__ = [
    "BASE_URL_VARIABLE",
    "DEFAULT_BASE_URL",
    "KEY_VARIABLE",
    "NAME",
    "balance",
    "billing",
    "history",
    "is_emulator",
    "poll",
    "price",
    "read_balance",
    "read_billing",
    "read_denial",
    "read_history",
    "read_poll",
    "read_price",
    "read_submit",
    "submit",
    "upload",
]
