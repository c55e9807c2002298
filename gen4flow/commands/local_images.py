"""Reference images of the project: found below its root, decoded whole, known by their sha256."""

from __future__ import annotations

import hashlib
from pathlib import Path

from gen4flow.core.image import ImageInvalid
from gen4flow.core.references import BadReference, LocalImage
from gen4flow.images import check

MAX_BYTES = 64 * 1024 * 1024
CHUNK = 1024 * 1024


class LocalImages:
    """Finds and checks each image once, however many jobs it is shown to."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._found: dict[tuple[str, str], LocalImage | BadReference] = {}

    def find(self, text: str, folder: str) -> LocalImage:
        """Return the image at a path that is relative to a folder; raises BadReference."""
        found = self._found.get((text, folder))
        if found is None:
            try:
                found = self._look(text, Path(folder) / text)
            except BadReference as error:
                found = error
            self._found[text, folder] = found
        if isinstance(found, BadReference):
            raise found
        return found

    @property
    def used(self) -> set[Path]:
        """Return the files that were found."""
        return {self.path(found) for found in self._found.values() if isinstance(found, LocalImage)}

    def path(self, image: LocalImage) -> Path:
        """Return where an image lies on disk."""
        return self._root / image.path

    def _look(self, text: str, path: Path) -> LocalImage:
        """Return the image in a file, decoded once."""
        try:
            resolved = path.resolve()
            if not resolved.is_relative_to(self._root):
                raise BadReference(f"the image {text[:80]!r} lies outside the project", help="move it into the project")
            if not resolved.is_file():
                told = f"the image {text[:80]!r} is not there" if not resolved.exists() else f"{text[:80]!r} is no file"
                raise BadReference(told, help=f"it was looked for as {resolved}")
            if resolved.stat().st_size > MAX_BYTES:
                raise BadReference(f"the image {text[:80]!r} is larger than 64 MiB", help="make it smaller")
            check(resolved)
            digest = hashlib.sha256()
            with resolved.open("rb") as file:
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except ImageInvalid as error:
            raise BadReference(f"the image {text[:80]!r} can't be sent: {error}", help="a PNG, JPEG or WebP") from error
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: symlinks in a circle
            reason = getattr(error, "strerror", None) or str(error)
            raise BadReference(f"the image {text[:80]!r} can't be read: {reason}", help="check the path") from error
        return LocalImage(sha256=digest.hexdigest(), path=resolved.relative_to(self._root).as_posix())
