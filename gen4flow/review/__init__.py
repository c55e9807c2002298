"""The review server: the gallery's page on loopback, for the one person who has its address.

Importing this package loads no web server: `review.app` and `review.guard` do.
"""

from gen4flow.review.desk import Desk, Reply

__all__ = ["Desk", "Reply"]
