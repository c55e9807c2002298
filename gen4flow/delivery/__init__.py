"""Makes what leaves gen4flow: copies of originals with marks in them, and reads the marks of files back."""

from gen4flow.delivery.making import make
from gen4flow.delivery.marking import original_candidates, read_marks, read_sidecar
from gen4flow.delivery.packet import carried_key
from gen4flow.delivery.placements import placements, placements_text

__all__ = ["carried_key", "make", "original_candidates", "placements", "placements_text", "read_marks", "read_sidecar"]
