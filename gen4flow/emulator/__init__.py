"""The provider's API on loopback: the same rules as the real one, drawn pictures, and faults on demand.

`Settings` says how it behaves, `serving(settings)` runs it in this process and yields its base URL. The
Starlette application itself is `gen4flow.emulator.app.create_app`. Importing this package loads no web server
and no Pillow: `serving` does that when it is called, so that commands which only mention the emulator start
as fast as the others.
"""

from gen4flow.emulator.serving import serving, serving_app
from gen4flow.emulator.settings import FaultRule, Settings

__all__ = ["FaultRule", "Settings", "serving", "serving_app"]
