"""Makes what leaves gen4flow: copies of originals with marks in them, and reads the marks of files back.

Nothing is imported here: whoever needs the placements alone, as every plan does, loads no file formats.
"""
