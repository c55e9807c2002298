"""The review server: the gallery's page on loopback, for the one person who has its address."""

from gen4flow.review.app import create_app
from gen4flow.review.guard import Keys

__all__ = ["Keys", "create_app"]
