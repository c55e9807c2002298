"""What the CDN can send instead of the image."""

from __future__ import annotations

from typing import Any

from tests.outside.answers import Answer, page, trouble
from tests.outside.orders import Orders
from tests.outside.pictures import picture, sealed


def serve_file(path: str, request: dict[str, Any], orders: Orders, fault: str | None, cdn_url: str) -> Answer:
    """Return the image's bytes, under a Content-Type that believes the lying suffix, or what is ordered instead."""
    content = picture(request, orders.name("format", "png"))
    if orders.name("seal", ""):
        content = sealed(content)
    named = path.partition("?")[0]
    headers = {"Content-Type": f"image/{named.rpartition('.')[2]}"}
    if fault in {"404", "403", "410"}:
        return trouble(int(fault), "expired")
    if fault == "html":
        return page(200, "Not an image")
    if fault == "empty":
        return Answer(headers=headers)
    if fault == "flip":
        middle = len(content) // 2
        content = content[:middle] + bytes([content[middle] ^ 0x55]) + content[middle + 1 :]
    elif fault == "short":
        content = content[: len(content) // 2]
    elif fault == "cut":
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        return Answer(raw=head + content[: len(content) // 2])
    elif fault == "no-length":
        return Answer(raw=b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + content)
    elif fault == "loop":
        return trouble(302, "moved", Location=path)
    elif fault == "redirect":
        return trouble(302, "moved", Location=f"{cdn_url}{named}?moved")
    elif fault == "to-link-local":
        return trouble(302, "moved", Location="http://169.254.169.254/latest/meta-data")
    elif fault == "to-loopback":
        port = cdn_url.rpartition(":")[2]
        return trouble(302, "moved", Location=f"http://127.0.0.1:{port}{named}?moved")
    return Answer(content=content, headers=headers)
