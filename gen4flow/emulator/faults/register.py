"""Every fault: where it happens, its name, what it does."""

from __future__ import annotations

from gen4flow.emulator.emulator import INSUFFICIENT_CREDITS
from gen4flow.emulator.faults import answers, files, polls, submits, transfers
from gen4flow.emulator.faults.answers import accepted, answering, sending
from gen4flow.emulator.faults.fault import Fault

SUBMIT = {
    "refuse_429": Fault(act=answers.too_many, line="not booked: 429 with Retry-After: 1"),
    "refuse_429_bare": Fault(act=answers.too_many_bare, line="not booked: 429 without Retry-After"),
    "retry_after_nonsense": Fault(act=answers.nonsense_wait, line="not booked: 429, Retry-After is nonsense"),
    "http_500": Fault(act=answers.broken, line="not booked: 500"),
    "http_502_html": Fault(act=answers.bad_gateway, line="not booked: 502 with a gateway's HTML page"),
    "http_408": Fault(act=answering(408, "Request timeout"), line="not booked: 408"),
    "http_409": Fault(act=answering(409, "Conflict"), line="not booked: 409"),
    "http_413": Fault(act=answering(413, "Payload too large"), line="not booked: 413"),
    "http_425": Fault(act=answering(425, "Too early"), line="not booked: 425"),
    "validation_400": Fault(act=answering(400, "Invalid parameters"), line="not booked: 400, a validation error"),
    "unauthorized_401": Fault(act=answers.unauthorized, line="not booked: 401, the key is refused"),
    "forbidden_403": Fault(act=answers.forbidden, line="not booked: 403, the account is suspended"),
    "insufficient_credits": Fault(
        act=answering(400, INSUFFICIENT_CREDITS), line="not booked: 400, the balance is empty"
    ),
    "insufficient_402": Fault(act=answering(402, INSUFFICIENT_CREDITS), line="not booked: 402, the balance is empty"),
    "insufficient_1407": Fault(
        act=answering(200, "Credits exhausted", code=1407), line="not booked: HTTP 200 with the app code 1407"
    ),
    "drop_before": Fault(act=answers.drop, line="not booked: the connection is closed without an answer"),
    "accept_then_drop": Fault(
        act=accepted(answers.drop), line="booked, then the connection is closed without an answer"
    ),
    "accept_then_reset": Fault(
        act=accepted(answers.reset), line="booked, then the connection is reset without an answer"
    ),
    "accept_then_500": Fault(act=accepted(answers.broken), line="booked, then 500"),
    "accept_then_html": Fault(act=accepted(answers.html), line="booked, then 200 with an HTML page"),
    "accept_then_stall": Fault(act=accepted(answers.stall), line="booked, then no answer for a long time"),
    "accept_then_trickle": Fault(act=answers.trickle, line="booked, then half an answer and no more of it"),
    "cut_answer": Fault(act=answers.cut, line="booked, then half an answer and the connection is closed"),
    "redirect": Fault(act=accepted(answers.redirect), line="booked, then 307 to the same URL"),
    "empty_200": Fault(act=accepted(answers.empty), line="booked, then 200 with an empty body"),
    "null_200": Fault(act=accepted(answers.null), line="booked, then 200 with null"),
    "no_id": Fault(act=submits.no_id, line="booked, the answer has no id"),
    "code_not_200": Fault(
        act=accepted(answering(200, "Internal error", code=500)), line="booked, then HTTP 200 with code 500"
    ),
    "huge_json": Fault(act=accepted(answers.huge), line="booked, then 200 MiB of JSON"),
    "deep_json": Fault(act=accepted(answers.deep), line="booked, then JSON that is 100,000 levels deep"),
    "same_id_twice": Fault(act=submits.same_id_twice, line="booked, the answer has the first submit's id"),
    "strange_id": Fault(act=submits.strange_id, line="booked, the answer's id is no plain token"),
    "urls_elsewhere": Fault(act=submits.urls_elsewhere, line="booked, urls.get leads to a link-local host"),
}

POLL = {
    "429": Fault(act=answers.too_many, line="429 with Retry-After: 1"),
    "429_bare": Fault(act=answers.too_many_bare, line="429 without Retry-After"),
    "retry_after_nonsense": Fault(act=answers.nonsense_wait, line="429, Retry-After is nonsense"),
    "500": Fault(act=answers.broken, line="500"),
    "502_html": Fault(act=answers.bad_gateway, line="502 with a gateway's HTML page"),
    "401": Fault(act=answers.unauthorized, line="401, the key is refused"),
    "drop": Fault(act=answers.drop, line="the connection is closed without an answer"),
    "cut": Fault(act=answers.cut, line="half an answer, then the connection is closed"),
    "stall": Fault(act=answers.stall, line="no answer for a long time"),
    "bad_json": Fault(act=answers.bad_json, line="200 with JSON that ends too early"),
    "deep_json": Fault(act=answers.deep, line="JSON that is 100,000 levels deep"),
    "huge_json": Fault(act=answers.huge, line="200 MiB of JSON"),
    "null": Fault(act=answers.null, line="200 with null"),
    "redirect": Fault(act=answers.redirect, line="307 to the same URL"),
    "not_found": Fault(act=answering(404, "prediction not found"), line="404, as if the id were unknown"),
    "unknown_status": Fault(act=polls.unknown_status, line="a status that nobody knows"),
    "backwards": Fault(act=polls.backwards, line="created, whatever it was before"),
    "timeout": Fault(act=polls.timed_out, line="the status timeout, app code 5004"),
    "failed": Fault(act=polls.failed, line="the prediction fails for good, app code 1405, and is refunded"),
    "other_id": Fault(act=polls.other_id, line="the answer is about another id"),
    "no_nsfw_flags": Fault(act=polls.no_flags, line="has_nsfw_contents is missing"),
    "no_outputs": Fault(act=polls.no_outputs, line="completed, outputs is an empty array"),
    "outputs_missing": Fault(act=polls.outputs_missing, line="outputs is missing"),
    "outputs_null": Fault(act=polls.outputs_null, line="completed, outputs is null"),
    "outputs_string": Fault(act=polls.outputs_string, line="completed, outputs is one string"),
    "five_outputs": Fault(act=polls.five_outputs, line="completed, outputs names the picture five times"),
    "base64": Fault(act=polls.naked_base64, line="completed, the output is naked base64"),
    "data_uri": Fault(act=polls.data_uri, line="completed, the output is a data: URI"),
    "object_output": Fault(act=polls.object_output, line="completed, the output is an object with a url"),
    "output_loopback_other": Fault(
        act=polls.output_url("http://127.0.0.2:9/1.png"), line="the output is on another loopback address"
    ),
    "output_private": Fault(act=polls.output_url("http://10.0.0.1/1.png"), line="the output is at 10.0.0.1"),
    "output_link_local": Fault(
        act=polls.output_url("http://169.254.169.254/1.png"), line="the output is at 169.254.169.254"
    ),
    "output_decimal": Fault(
        act=polls.output_url("http://2852039166/1.png"), line="the same address as one decimal number"
    ),
    "output_hex": Fault(act=polls.output_url("http://0xa9fea9fe/1.png"), line="the same address in hexadecimal"),
    "output_ipv6_mapped": Fault(
        act=polls.output_url("http://[::ffff:169.254.169.254]/1.png"),
        line="the same address mapped into IPv6",
    ),
    "output_nat64": Fault(
        act=polls.output_url("http://[64:ff9b::a9fe:a9fe]/1.png"), line="the same address behind NAT64"
    ),
    "output_6to4": Fault(act=polls.output_url("http://[2002:a9fe:a9fe::]/1.png"), line="the same address in 6to4"),
    "output_file": Fault(act=polls.output_url("file:///etc/passwd"), line="the output is a file: URL"),
    "output_ftp": Fault(act=polls.output_url("ftp://127.0.0.1/1.png"), line="the output is an ftp: URL"),
}

DOWNLOAD = {
    "403": Fault(act=answering(403, "Forbidden"), line="403, as after expiry"),
    "404": Fault(act=answering(404, "Not found"), line="404"),
    "410": Fault(act=answering(410, "Gone"), line="410"),
    "429": Fault(act=answers.too_many, line="429 with Retry-After: 1"),
    "500": Fault(act=answers.broken, line="500"),
    "drop": Fault(act=answers.drop, line="the connection is closed without an answer"),
    "stall": Fault(act=answers.stall, line="no answer for a long time"),
    "cut": Fault(act=answers.cut, line="half the picture, then the connection is closed"),
    "short": Fault(act=files.short, line="half the picture, and Content-Length says that it is all"),
    "empty": Fault(act=files.empty, line="200 without a byte"),
    "html": Fault(act=answers.html, line="200 with an HTML page"),
    "bit_flip": Fault(act=files.bit_flip, line="one bit is flipped"),
    "no_length": Fault(act=files.no_length, line="the whole picture, without Content-Length"),
    "drip": Fault(act=files.drip, line="one byte every 50 milliseconds"),
    "endless": Fault(act=files.endless, line="the picture, then zeros without end"),
    "gzip_bomb": Fault(act=files.gzip_bomb, line="Content-Encoding: gzip that unpacks to 256 MiB"),
    "huge_header": Fault(act=files.huge_header, line="a small PNG whose header says 400 megapixels"),
    "redirect_inward": Fault(act=files.redirect_inward, line="302 to a link-local address"),
    "redirect_loop": Fault(act=files.redirect_loop, line="302 to the same URL"),
    "redirect_once": Fault(act=files.redirect_once, line="302 to the same picture under another URL"),
    "wrong_type": Fault(act=files.wrong_type, line="a GIF that claims the picture's type"),
    "wrong_size": Fault(act=files.wrong_size, line="a sound picture of half the size"),
}

UPLOAD = {
    "429": Fault(act=answers.too_many, line="429 with Retry-After: 1"),
    "500": Fault(act=answers.broken, line="500"),
    "401": Fault(act=answers.unauthorized, line="401, the key is refused"),
    "413": Fault(act=answering(413, "Payload too large"), line="413"),
    "drop": Fault(act=answers.drop, line="the connection is closed without an answer"),
    "bad_json": Fault(act=answers.bad_json, line="200 with JSON that ends too early"),
    "no_url": Fault(act=transfers.no_url, line="the ticket does not say where to upload to"),
    "url_elsewhere": Fault(act=transfers.url_elsewhere, line="the ticket says to upload to a link-local address"),
    "put_403": Fault(act=transfers.put_refused, line="the ticket is good, its PUT is refused with 403"),
    "put_drop": Fault(act=transfers.put_dropped, line="the ticket is good, its PUT gets no answer"),
}

BALANCE = {
    "429": Fault(act=answers.too_many, line="429 with Retry-After: 1"),
    "500": Fault(act=answers.broken, line="500"),
    "401": Fault(act=answers.unauthorized, line="401, the key is refused"),
    "403": Fault(act=answers.forbidden, line="403, the account is suspended"),
    "drop": Fault(act=answers.drop, line="the connection is closed without an answer"),
    "stall": Fault(act=answers.stall, line="no answer for a long time"),
    "html": Fault(act=answers.html, line="200 with an HTML page"),
    "bad_json": Fault(act=answers.bad_json, line="200 with JSON that ends too early"),
    "missing": Fault(act=answers.edited(lambda _: {}), line="the answer has no balance"),
    "negative": Fault(act=answers.edited(lambda _: {"balance": -3.5}), line="the balance is -3.5"),
    "text": Fault(act=answers.edited(lambda _: {"balance": "12.50"}), line='the balance is the string "12.50"'),
    "nan": Fault(act=sending(b'{"code":200,"message":"success","data":{"balance":NaN}}'), line="the balance is NaN"),
}

POINTS: dict[str, dict[str, Fault]] = {
    "submit": SUBMIT,
    "poll": POLL,
    "download": DOWNLOAD,
    "upload": UPLOAD,
    "balance": BALANCE,
}

# (point, name) -> fault
FAULTS: dict[tuple[str, str], Fault] = {
    (point, name): fault for point, faults in POINTS.items() for name, fault in faults.items()
}
