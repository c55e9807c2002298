"""File names that are safe on every file system: made at plan time from rendered templates.

Only the template's own slashes make folders; what was cut or changed stays distinct by a hash where it was cut.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MAX_BYTES = 150  # of one part of a path, extension not counted
_FORBIDDEN = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff]')
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # bidi and zero-width controls
# A path that stays as it is, as most do: each part printable ASCII without what is forbidden, no dot or space at its
# ends, not too long, and nothing that begins like a device. Whatever is not surely such goes the long way.
_KEPT = r"!#-)+,\-0-9;=@-\[\]-{}~"
_PLAIN_PART = rf"(?!(?i:con|prn|aux|nul|com|lpt))[{_KEPT}](?:[{_KEPT} .]{{0,148}}[{_KEPT}])?"
_PLAIN = re.compile(rf"{_PLAIN_PART}(?:/{_PLAIN_PART})*")
# the same for a name that is put together: of two texts of sixty at most, the first ending as no device's name does
_BEGINS = re.compile(rf"(?!(?i:con|prn|aux|nul|com|lpt))[{_KEPT}][{_KEPT} .]{{0,58}}_")
_GOES_ON = re.compile(rf"[{_KEPT} .]{{0,60}}")
_RATIO = re.compile(r"(?<=\d):(?=\d)")
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)


def safe_path(rendered: str) -> str | None:
    """Return a rendered path as safe parts joined by `/`; None where nothing is left of it, or of a part.

    The result is relative and never climbs: `..` and absolute paths become plain names.
    """
    if _PLAIN.fullmatch(rendered):
        return rendered
    parts = [safe_part(part) for part in rendered.split("/")]
    return "/".join(part for part in parts if part) or None


def begins_safely(text: str) -> bool:
    """Tell whether whatever begins so, goes on safely and ends in at most 28 letters, digits and _ stays as it is."""
    return _BEGINS.fullmatch(text) is not None


def goes_on_safely(text: str) -> bool:
    """Tell whether a text may follow in such a name."""
    return _GOES_ON.fullmatch(text) is not None


def safe_part(part: str) -> str:
    """Return one part of a path as a name that every file system takes; empty where nothing is left."""
    name = unicodedata.normalize("NFC", _INVISIBLE.sub("", part))
    name = _FORBIDDEN.sub("-", _RATIO.sub("x", name)).strip()
    while name.endswith((".", " ")):
        name = name.rstrip(". ").rstrip()
    if name.startswith("."):  # hidden files and the manifest's own folder are not for images
        name = "-" + name.lstrip(".")
    if _DEVICES.fullmatch(name):
        name = "-" + name
    return _shortened(name)


def _shortened(name: str) -> str:
    """Cut a name that is too long, and keep it distinct by a hash of the whole."""
    encoded = name.encode()
    if len(encoded) <= MAX_BYTES:
        return name
    digest = hashlib.sha256(encoded).hexdigest()[:8]
    return encoded[: MAX_BYTES - 9].decode(errors="ignore").rstrip(". ") + "-" + digest


def folded(path: str) -> str:
    """Return what a path is compared by: two names alike but for case or normalisation are one file somewhere."""
    if path.isascii():
        return path.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())
