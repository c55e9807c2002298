"""Makes the layers in the recipe's schema anew, after a change of what a recipe may be: `python -m tests.schemas`."""

from __future__ import annotations

import json

from tests.schemas.layers import FILE, as_text, with_layers

if __name__ == "__main__":
    FILE.write_text(as_text(with_layers(json.loads(FILE.read_bytes()))), encoding="utf-8")
