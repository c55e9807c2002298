"""XMP packets: writes one, lays marks over one that was there, and reads what one says.

A packet that a picture came with may be anybody's: it is parsed under limits, and one that can't be read is replaced.
Sources: XMP Specification Part 1 (serialisation) and 2 (the xmp schema); IPTC Photo Metadata Standard 2025.1.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from gen4flow.core.marks import TOOL, FoundMarks, Marked, Marks

XMP, RDF = "http://ns.adobe.com/xap/1.0/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
IPTC, OWN = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "urn:gen4flow:marks:1:"
PREFIXES = {XMP: "xmp", IPTC: "Iptc4xmpExt", OWN: "gen4flow"}
REPLACED = (OWN, "Replaced")  # what stood in the file where the packet stands now, so that the original can be had

# bytes of escaped UTF-8: a packet has to fit into a segment of a JPEG
MAX_PROMPT, MAX_KEY, MAX_SYSTEM = 30_000, 8_000, 1_000
MAX_READ, MAX_ELEMENTS, MAX_DEPTH = 4 * 1024 * 1024, 50_000, 100  # of a packet that a picture came with
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
_HEAD = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_TAIL = '\n<?xpacket end="w"?>'
_PROVENANCE = ("http://purl.org/dc/terms/", "provenance")  # where content credentials lie, if not in the file


Tree: TypeAlias = Any  # of xml.dom.minidom: slow to import, and only needed where a picture came with a packet
_ELEMENT, _TEXT, _CDATA = 1, 3, 4  # kinds of its nodes


class Unreadable(Exception):
    """A packet can't be read, or is larger than any that says something."""


def write(marks: Marks, *, over: bytes = b"", replaced: bytes = b"") -> bytes:
    """Return a packet with the marks: laid over the packet `over`, whose other properties it keeps.

    `replaced` is the part of the file that it takes the place of, and goes into the packet.
    """
    said = dict(_properties(marks))
    if replaced:
        said[REPLACED] = base64.b64encode(replaced).decode()
    try:
        body = _laid_over(over, said) if over else _alone(said)
    except Unreadable:
        body = _alone(said)
    return f"{_HEAD}{body}{_TAIL}".encode()


def _properties(marks: Marks) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the properties that marks are, by namespace and name."""
    said = {
        (IPTC, "DigitalSourceType"): marks.source_type,
        (IPTC, "AISystemUsed"): None if marks.system is None else shortened(marks.system, MAX_SYSTEM),
        (IPTC, "AIPromptInformation"): None if marks.prompt is None else shortened(marks.prompt, MAX_PROMPT),
        (XMP, "CreatorTool"): TOOL,
        (OWN, "Key"): None if marks.key is None else carried_key(marks.key),
        (OWN, "Seed"): None if marks.seed is None else str(marks.seed),
        (OWN, "Fingerprint"): marks.fingerprint,
        (OWN, "Proof"): "True" if marks.proof else None,
    }
    yield from ((name, text) for name, text in said.items() if text is not None)


def carried_key(key: str) -> str:
    """Return a job's key as a packet carries it."""
    return shortened(key, MAX_KEY)


def shortened(text: str, most: int) -> str:
    """Return a text as XML can hold it, cut with an ellipsis where it is longer than any packet takes.

    A parser reads every end of a line as a newline, so they are written as such.
    """
    text = _FORBIDDEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    if len(text) * 8 <= most or len(escaped(text).encode()) <= most:
        return text
    kept, size = 0, 3
    for character in text:
        size += len(escaped(character).encode())
        if size > most:
            break
        kept += 1
    return text[:kept] + "…"


def escaped(text: str) -> str:
    """Return a text as it stands between tags."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    return text


def _alone(said: dict[tuple[str, str], str]) -> str:
    """Return the body of a packet that says nothing else."""
    spaces = "".join(f'\n    xmlns:{prefix}="{space}"' for space, prefix in PREFIXES.items())
    lines = "\n".join(
        f"   <{PREFIXES[space]}:{name}>{escaped(text)}</{PREFIXES[space]}:{name}>"
        for (space, name), text in said.items()
    )
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/">\n <rdf:RDF xmlns:rdf="{RDF}">\n'
        f'  <rdf:Description rdf:about=""{spaces}>\n{lines}\n  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>'
    )


def _laid_over(packet: bytes, said: dict[tuple[str, str], str]) -> str:
    """Return the body of a packet with properties in place of those of their names; raises Unreadable."""
    document = _parsed(packet)
    descriptions = list(_descriptions(document))
    if not descriptions or document.documentElement is None:
        raise Unreadable("it describes nothing")
    for description in descriptions:
        _forget(description, said)
    first = descriptions[0]
    own = document.createElementNS(RDF, "rdf:Description")
    own.setAttribute("xmlns:rdf", RDF)
    own.setAttributeNS(RDF, "rdf:about", first.getAttributeNS(RDF, "about"))
    for space, prefix in PREFIXES.items():
        own.setAttribute(f"xmlns:{prefix}", space)
    for (space, local), text in said.items():
        element = document.createElementNS(space, f"{PREFIXES[space]}:{local}")
        element.appendChild(document.createTextNode(text))
        own.appendChild(element)
    document.getElementsByTagNameNS(RDF, "RDF")[0].appendChild(own)
    try:
        return str(document.documentElement.toxml())
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error


def _forget(description: Tree, said: Mapping[tuple[str, str], str]) -> None:
    """Take out of what describes the picture what is said anew, and what an earlier gen4flow said."""
    for attribute in list((description.attributes or {}).values()):
        if attribute.namespaceURI == OWN or (attribute.namespaceURI or "", attribute.localName) in said:
            description.removeAttributeNode(attribute)
    for node in list(description.childNodes):
        if node.nodeType == _ELEMENT and (node.namespaceURI == OWN or _name(node) in said):
            description.removeChild(node)


def _name(element: Tree) -> tuple[str, str]:
    """Return the namespace and the name of a property."""
    return element.namespaceURI or "", element.localName or ""


def _descriptions(document: Tree) -> Iterator[Tree]:
    """Yield the elements that describe the picture itself, not a part of it."""
    for root in document.getElementsByTagNameNS(RDF, "RDF")[:1]:
        for node in root.childNodes:
            if node.nodeType == _ELEMENT and _name(node) == (RDF, "Description"):
                yield node


def _parsed(packet: bytes) -> Tree:
    """Return a packet as a tree; raises Unreadable."""
    from xml.dom import minidom
    from xml.parsers import expat

    packet = packet.strip(b"\0 \t\r\n")
    if not packet or len(packet) > MAX_READ:
        raise Unreadable("it is empty, or larger than any packet")
    try:
        _judge(packet)
        return minidom.parseString(packet)  # noqa: S318  # judged: without entities, bounded in depth and number
    except (expat.ExpatError, ValueError, LookupError, RecursionError) as error:
        raise Unreadable(str(error)) from error


def _judge(packet: bytes) -> None:
    """Read a packet once without keeping anything; raises Unreadable for what would grow."""
    from xml.parsers import expat

    depth = elements = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth, elements = depth + 1, elements + 1
        if depth > MAX_DEPTH or elements > MAX_ELEMENTS:
            raise Unreadable("it is nested too deeply, or too large")

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*_told: object) -> None:
        raise Unreadable("it declares a document type")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    parser.Parse(packet, True)  # noqa: FBT003  # expat's own signature


def said_by(packet: bytes) -> dict[tuple[str, str], str]:
    """Return the simple properties that a packet says of the picture, by namespace and name; raises Unreadable."""
    found: dict[tuple[str, str], str] = {}
    for description in _descriptions(_parsed(packet)):
        for attribute in (description.attributes or {}).values():
            found.setdefault((attribute.namespaceURI or "", attribute.localName or ""), attribute.value)
        for node in description.childNodes:
            if node.nodeType == _ELEMENT:
                found.setdefault(_name(node), _text(node))
    return found


def _text(element: Tree) -> str:
    """Return what a simple property says: its text, or the resource that it names."""
    if element.hasAttributeNS(RDF, "resource"):
        return str(element.getAttributeNS(RDF, "resource"))
    return "".join(node.data for node in element.childNodes if node.nodeType in {_TEXT, _CDATA})


def marks_in(packet: bytes, where: Marked) -> FoundMarks:
    """Return the marks that a packet says; none of them where it can't be read."""
    try:
        said = said_by(packet)
    except Unreadable:
        return FoundMarks(where=where)
    return FoundMarks(
        where=where,
        source_type=said.get((IPTC, "DigitalSourceType")),
        system=said.get((IPTC, "AISystemUsed")),
        prompt=said.get((IPTC, "AIPromptInformation")),
        tool=said.get((XMP, "CreatorTool")),
        key=said.get((OWN, "Key")),
        seed=said.get((OWN, "Seed")),
        fingerprint=said.get((OWN, "Fingerprint")),
        proof=said.get((OWN, "Proof")) == "True",
    )


def points_to_credentials(packet: bytes) -> bool:
    """Tell whether a packet says where the picture's content credentials lie."""
    try:
        return _PROVENANCE in said_by(packet)
    except Unreadable:
        return False


def replaced_by(packet: bytes) -> bytes | None:
    """Return what a packet of ours took the place of: nothing (empty), a part, or None for a packet of others."""
    try:
        said = said_by(packet)
        if (OWN, "Fingerprint") not in said:
            return None
        return base64.b64decode(said.get(REPLACED, ""), validate=True)
    except (Unreadable, ValueError):
        return None
