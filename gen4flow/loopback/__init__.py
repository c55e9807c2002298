"""Serves applications on loopback, in a thread of this process; loads no web server before something is served."""

from gen4flow.loopback.serving import serving

__all__ = ["serving"]
