"""The only door to the ledger, an SQLite database: what was asked, bought and received, never thrown away."""

from gen4flow.ledger.ledger import Ledger

__all__ = ["Ledger"]
