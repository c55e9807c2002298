"""Decodes every file of a folder twice, on every core: what delivering is held against."""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from PIL import Image


def decode(path: Path) -> int:
    """Decode a picture twice and return its pixels."""
    for _ in range(2):
        with Image.open(path) as image:
            image.load()
    return image.width * image.height


if __name__ == "__main__":
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        print(sum(pool.map(decode, sorted(Path(sys.argv[1]).iterdir()))))
