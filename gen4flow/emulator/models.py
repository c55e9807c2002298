"""The models on offer: their fields, how strictly each is checked, their prices and sizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from gen4flow.core import price, sizes
from gen4flow.emulator.envelope import Refusal
from gen4flow.emulator.prediction import Failure

MAX_REFERENCES = 3
UNREACHABLE_HOST = "unreachable.invalid"
MODERATION_TEXT = "Content flagged as potentially sensitive. Please try different prompts or images."

# A marker in the prompt -> how the prediction ends
MARKERS: dict[str, Failure] = {
    "[moderate]": Failure(code=1200, text=MODERATION_TEXT),
    "[fail]": Failure(code=1405, text="Task failed: the prompt asked for it with [fail]"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a submit: its JSON schema, and `complain`, which says what is wrong with a value."""

    schema: Mapping[str, Any]
    complain: Callable[[Any], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model: its fields, those that must be there, its price where the price table knows none."""

    fields: Mapping[str, Field]
    required: tuple[str, ...] = ("prompt",)
    flat_price: Decimal | None = None


def _text(value: Any) -> str | None:
    return None if isinstance(value, str) and value.strip() else "must be a non-empty string"


def _flag(value: Any) -> str | None:
    return None if isinstance(value, bool) else "must be a boolean"


def _choice(*allowed: str) -> Callable[[Any], str | None]:
    return lambda value: None if value in allowed else f"must be one of {', '.join(allowed)}"


def _integer(low: int, high: int) -> Callable[[Any], str | None]:
    def complain(value: Any) -> str | None:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return None if whole and low <= value <= high else f"must be an integer from {low} to {high}"

    return complain


def _is_url(value: Any) -> bool:
    try:
        return isinstance(value, str) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).hostname)
    except ValueError:
        return False


def _references(value: Any) -> str | None:
    if not isinstance(value, list) or not all(_is_url(item) for item in value):
        return "must be an array of http(s) URLs"
    return None if len(value) <= MAX_REFERENCES else f"must hold at most {MAX_REFERENCES} URLs"


def _enum(allowed: tuple[str, ...], default: str) -> Field:
    return Field(schema={"type": "string", "enum": list(allowed), "default": default}, complain=_choice(*allowed))


def _seed(low: int) -> Field:
    schema = {"type": "integer", "minimum": low, "maximum": sizes.SEED_MAX}
    return Field(schema=schema, complain=_integer(low, sizes.SEED_MAX))


_PROMPT = Field(schema={"type": "string", "minLength": 1}, complain=_text)
_BASE64 = Field(schema={"type": "boolean", "default": False}, complain=_flag)
_URLS = {"type": "array", "maxItems": MAX_REFERENCES, "items": {"type": "string", "format": "uri"}}

_GEN4_FIELDS = {
    "prompt": _PROMPT,
    "aspect_ratio": _enum(sizes.ASPECT_RATIOS, sizes.DEFAULT_ASPECT_RATIO),
    "resolution": _enum(sizes.RESOLUTIONS, sizes.DEFAULT_RESOLUTION),
    "reference_images": Field(schema=_URLS, complain=_references),
    "seed": _seed(sizes.SEED_MIN),
    "enable_base64_output": _BASE64,
}

MODELS: dict[str, Model] = {
    "runwayml/gen4-image": Model(fields=_GEN4_FIELDS),
    "runwayml/gen4-image-turbo": Model(fields=_GEN4_FIELDS, required=("prompt", "reference_images")),
    "wavespeed-ai/z-image/turbo": Model(
        fields={
            "prompt": _PROMPT,
            "seed": _seed(-1),
            "enable_base64_output": _BASE64,
            "enable_sync_mode": _BASE64,
        },
        flat_price=Decimal("0.005"),
    ),
}


def find_model(name: Any) -> Model:
    """Return the model of that name; raises Refusal."""
    if not isinstance(name, str) or name not in MODELS:
        raise Refusal(404, f"model {name!r} not found")
    return MODELS[name]


def check_inputs(model: Model, inputs: Mapping[str, Any]) -> None:
    """Raise a Refusal that names every field that is wrong, unknown or missing."""
    complaints = [
        f'field "{name}" {complaint}' for name, value in inputs.items() if (complaint := _complaint(model, name, value))
    ]
    complaints += [f'field "{name}" is required' for name in model.required if inputs.get(name, []) == []]
    if complaints:
        raise Refusal(400, "Invalid parameters: " + "; ".join(complaints))


def _complaint(model: Model, name: str, value: Any) -> str | None:
    if name not in model.fields:
        return "is unknown"
    return "must not be null" if value is None else model.fields[name].complain(value)


def price_of(name: str, inputs: Mapping[str, Any]) -> Decimal:
    """Return what one image costs, in US dollars; raises Refusal where there is no price."""
    model = find_model(name)
    resolution = inputs.get("resolution", sizes.DEFAULT_RESOLUTION)
    amount = model.flat_price or (price.list_price(name, resolution) if isinstance(resolution, str) else None)
    if amount is None:
        raise Refusal(400, f'Invalid parameters: field "resolution" must be one of {", ".join(sizes.RESOLUTIONS)}')
    return amount


def failure_of(inputs: Mapping[str, Any]) -> Failure | None:
    """Return how a prediction will fail: by a marker in its prompt, or by an unreachable reference."""
    for marker, failure in MARKERS.items():
        if marker in inputs["prompt"]:
            return failure
    for url in inputs.get("reference_images", ()):
        if urlsplit(url).hostname == UNREACHABLE_HOST:
            return Failure(code=1402, text=f"Failed to fetch the reference image {url}")
    return None


def size_of(inputs: Mapping[str, Any]) -> tuple[int, int]:
    """Return the picture's width and height in pixels; a model without ratios draws 1024 by 1024."""
    if "aspect_ratio" not in inputs:
        return (1024, 1024)
    return sizes.SIZES[inputs["aspect_ratio"], inputs["resolution"]]


def with_defaults(model: Model, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs with ratio and resolution filled in, for the models that have them."""
    defaults = {name: field.schema["default"] for name, field in model.fields.items() if "enum" in field.schema}
    return {**defaults, **inputs}


def listing() -> list[dict[str, Any]]:
    """Return the models as `GET /api/v3/models` lists them, with the schema of their inputs."""
    return [_listed(name, model) for name, model in MODELS.items()]


def _listed(name: str, model: Model) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": {key: dict(field.schema) for key, field in model.fields.items()},
        "required": list(model.required),
    }
    return {
        "model_id": name,
        "name": name,
        "type": "text-to-image",
        "base_price": float(price_of(name, {})),
        "api_schema": {"api_schemas": [{"type": "model_run", "api_path": f"/api/v3/{name}", "request_schema": schema}]},
    }
