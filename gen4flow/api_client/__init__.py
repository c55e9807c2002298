"""The only door to the network: one POST an attempt, addresses checked at connect, foreign errors mapped."""

from gen4flow.api_client.client import ApiClient
from gen4flow.api_client.deadlines import Deadlines
from gen4flow.api_client.fast import run
from gen4flow.api_client.fast import told as extra_told

__all__ = ["ApiClient", "Deadlines", "extra_told", "run"]
