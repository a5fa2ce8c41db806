"""Gemini on 127.0.0.1: `generateContent` for scripts and pictures, `predict` for embeddings, as strict about a request as Vertex AI is.

Scripts come from the local writer, which reads the story between the fences as a model would;
pictures are small sketches, embeddings the local embedder's. `Model.plan` makes the next requests fail in the ways the real service
does. Point VERTEX_URL at it with WRITER=vertex or ARTIST=vertex to try the production path.
"""

import base64
import hashlib
import json
import re
import struct
import sys
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from common.clients.writer import Story
from common.writing import local as writer
from common.writing import vectors
from infra.local.httpd import Request, Response, Server, json_response

PATH = re.compile(r"/v1/projects/([^/]+)/locations/([^/]+)/publishers/google/models/([^/:]+):(generateContent|predict)")
FENCE = re.compile(r"\bBEGIN (\w+) and END \1\b")
COUNTS = re.compile(r"exactly (\d+) pages with exactly (\d+) panels")

# What the service takes; an unknown field is an INVALID_ARGUMENT there too.
FIELDS = {"contents", "systemInstruction", "generationConfig", "safetySettings", "labels"}
CONFIG = {
    "responseMimeType",
    "responseSchema",
    "maxOutputTokens",
    "thinkingConfig",
    "responseModalities",
    "imageConfig",
    "temperature",
    "seed",
}
THINKING = {"thinkingLevel", "thinkingBudget", "includeThoughts"}
LEVELS = {"MINIMAL", "LOW", "MEDIUM", "HIGH"}
INSTANCE, PARAMETERS = {"content", "task_type", "title"}, {"outputDimensionality", "autoTruncate"}
# What gemini-embedding-001 can be told that its vectors are for, and their greatest length.
TASKS = {
    "RETRIEVAL_QUERY",
    "RETRIEVAL_DOCUMENT",
    "SEMANTIC_SIMILARITY",
    "CLASSIFICATION",
    "CLUSTERING",
    "QUESTION_ANSWERING",
    "FACT_VERIFICATION",
    "CODE_RETRIEVAL_QUERY",
}
LONGEST = 3072
SCHEMA = {"type", "properties", "required", "propertyOrdering", "items", "description", "enum", "nullable"}
TYPES = {"STRING", "INTEGER", "NUMBER", "BOOLEAN", "ARRAY", "OBJECT"}
# Skies, grounds, and what may shine in the sky, of the sketches.
COLOURS = (("9fd3f0", "f6b98a", "2b3a67", "cfe8e4"), ("6a9c57", "c8a26a", "3f6f73", "8c6f4e"), ("fff1b8", "fde08d", "f4f1de", "ffd1a6"))
# Pixels of a picture by its ratio.
SIZES = {
    "1:1": (1024, 1024),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "3:4": (864, 1184),
    "4:3": (1184, 864),
    "4:5": (896, 1152),
    "5:4": (1152, 896),
    "9:16": (768, 1344),
    "16:9": (1344, 768),
    "21:9": (1536, 672),
}


@dataclass(frozen=True)
class Asked:
    """One request: what the service was told, what it was given, and what it has to give back.

    `instruction` is the system instruction or, for a picture, the first user part; `data` is the
    last user part, fences included, or the text to embed; `ratio` is "" unless a picture is wanted,
    `dimensions` 0 unless a vector is, for the purpose `task`.
    """

    model: str
    instruction: str
    data: str
    schema: dict[str, Any]
    ratio: str
    headers: dict[str, str]
    dimensions: int = 0
    task: str = ""


Planned = Callable[[Asked], Response]


class Model:
    """What is behind the server: it remembers what it was asked (the latest hundred) and fails as planned."""

    def __init__(self) -> None:
        """A model that was asked nothing yet and does well."""
        self.asked: deque[Asked] = deque(maxlen=100)
        self._planned: deque[Planned] = deque()
        self._for_ever: Planned | None = None
        self._lock = threading.Lock()

    def plan(self, *answers: Planned, for_ever: bool = False) -> None:
        """The next requests get these answers, one each (none: all is well again); with `for_ever` the last of them stays."""
        with self._lock:
            self._planned = deque(answers)
            self._for_ever = answers[-1] if for_ever else None

    def answer(self, request: Request) -> Response:
        """The response to any request, errors in Google's shape."""
        path = PATH.fullmatch(request.path)
        if request.method != "POST" or not path:
            return problem(404, "NOT_FOUND", "Requested entity was not found.")
        try:
            asked = (_asked if path[4] == "generateContent" else _to_embed)(path[3], request)
        except ValueError as error:
            return problem(400, "INVALID_ARGUMENT", str(error))
        with self._lock:
            self.asked.append(asked)
            planned = self._planned.popleft() if self._planned else self._for_ever
        return (planned or well)(asked)


def serve(model: Model, port: int = 0) -> Server:
    """A server of `model`; it runs once the caller starts it. Port 0 takes a free port."""
    return Server(model.answer, port)


# Answers that can be planned


def well(asked: Asked) -> Response:
    """The answer of a model that does what it is told."""
    if asked.dimensions:
        return predicted(vectors.vector(asked.data, asked.dimensions))
    if asked.ratio:
        return answered({"text": "Here is the panel."}, picture(sketch(asked.data, *SIZES[asked.ratio])))
    return answered({"text": json.dumps(_obedient(asked), ensure_ascii=False)})


def text(said: str) -> Planned:
    """A model that says exactly this."""
    return lambda asked: answered({"text": said})


def edited(edit: Callable[[dict[str, Any]], object]) -> Planned:
    """A model whose script is changed by `edit` before it is sent."""

    def answer(asked: Asked) -> Response:
        script = _obedient(asked)
        edit(script)
        return answered({"text": json.dumps(script)})

    return answer


def error(status: int, name: str, message: str = "", retry_after: str = "") -> Planned:
    """An HTTP error, such as 429 RESOURCE_EXHAUSTED."""
    return lambda asked: problem(status, name, message or name, {"Retry-After": retry_after} if retry_after else {})


def blocked(reason: str) -> Planned:
    """The prompt is blocked (PromptFeedback.BlockedReason)."""
    return lambda asked: json_response({"promptFeedback": {"blockReason": reason}, "usageMetadata": {"promptTokenCount": 9}})


def stopped(reason: str, *parts: dict[str, Any]) -> Planned:
    """The answer stops for `reason` (Candidate.FinishReason) after `parts`."""
    return lambda asked: answered(*parts, reason=reason)


def slow(seconds: float) -> Planned:
    """A right answer, `seconds` late."""

    def answer(asked: Asked) -> Response:
        time.sleep(seconds)
        return well(asked)

    return answer


def cut_off(asked: Asked) -> Response:
    """A body that ends before its Content-Length says."""
    whole = well(asked)
    half = len(whole.body) // 2
    return Response(200, whole.body[:half], {**whole.headers, "Content-Length": str(len(whole.body)), "Connection": "close"})


def stalled(_: Asked) -> Response:
    """A body that begins and then never goes on, on a connection that stays open."""
    return Response(200, b'{"candidates": [', {"Content-Type": "application/json", "Content-Length": "100000"})


def raw(body: bytes) -> Planned:
    """HTTP 200 with this body."""
    return lambda asked: Response(200, body, {"Content-Type": "application/json"})


# Shapes


def answered(*parts: dict[str, Any], reason: str = "STOP") -> Response:
    """An answer of one candidate with `parts`."""
    candidate: dict[str, Any] = {"finishReason": reason, "safetyRatings": []}
    if parts:
        candidate["content"] = {"role": "model", "parts": list(parts)}
    usage = {"promptTokenCount": 900, "candidatesTokenCount": 300, "totalTokenCount": 1200}
    return json_response({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "local"})


def predicted(vector: list[float]) -> Response:
    """An answer of one embedding; as the service's shorter ones, it is not of length 1."""
    statistics = {"token_count": 40, "truncated": False}
    prediction = {"embeddings": {"values": [0.7 * value for value in vector], "statistics": statistics}}
    return json_response({"predictions": [prediction], "metadata": {"billableCharacterCount": 160}})


def problem(status: int, name: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error as Google's REST APIs say it."""
    response = json_response({"error": {"code": status, "message": message, "status": name}}, status)
    response.headers.update(headers or {})
    return response


def picture(data: bytes, kind: str = "image/png") -> dict[str, Any]:
    """The part that carries a picture."""
    return {"inlineData": {"mimeType": kind, "data": base64.b64encode(data).decode()}}


def _asked(model: str, request: Request) -> Asked:
    """The request taken apart; ValueError with the sentence for INVALID_ARGUMENT."""
    body = json.loads(request.body)
    _only(body, FIELDS, "request")
    config = body.get("generationConfig", {})
    _only(config, CONFIG, "generation_config")
    _check_thinking(config.get("thinkingConfig", {}), model)
    contents = body.get("contents") or []
    if len(contents) != 1 or contents[0].get("role") != "user" or not contents[0].get("parts"):
        raise ValueError("Unable to submit request because it must have a user text parameter.")
    given = [part["text"] for part in contents[0]["parts"]]
    system = "".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", []))
    ratio = config.get("imageConfig", {}).get("aspectRatio", "")
    if ratio:
        if system or "responseSchema" in config:
            raise ValueError(f"Developer instruction is not enabled for models/{model}")
        if ratio not in SIZES or sorted(config.get("responseModalities", [])) != ["IMAGE", "TEXT"]:
            raise ValueError("Invalid aspect ratio or response modalities.")
    schema = config.get("responseSchema", {})
    if schema and config.get("responseMimeType") != "application/json":
        raise ValueError("response_schema needs response_mime_type application/json.")
    _check_schema(schema)
    return Asked(model, system or given[0], given[-1], schema, ratio, {name.lower(): value for name, value in request.headers.items()})


def _to_embed(model: str, request: Request) -> Asked:
    """A request for embeddings taken apart; ValueError with the sentence for INVALID_ARGUMENT."""
    body = json.loads(request.body)
    _only(body, {"instances", "parameters"}, "request")
    instances, parameters = body.get("instances") or [], body.get("parameters", {})
    if len(instances) != 1:
        raise ValueError(f"Only one instance is supported for {model}.")
    _only(instances[0], INSTANCE, "instances[0]")
    _only(parameters, PARAMETERS, "parameters")
    if not instances[0].get("content"):
        raise ValueError("The text content is empty.")
    task, dimensions = instances[0].get("task_type", "RETRIEVAL_QUERY"), parameters.get("outputDimensionality", LONGEST)
    if task not in TASKS or not 1 <= dimensions <= LONGEST:
        raise ValueError("Unable to submit request: task_type or outputDimensionality is not supported.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(model, "", instances[0]["content"], {}, "", headers, dimensions, task)


def _only(given: dict[str, Any], known: set[str], where: str) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"Invalid JSON payload received. Unknown name \"{name}\" at '{where}': Cannot find field.")


def _check_thinking(thinking: dict[str, Any], model: str) -> None:
    """A level is for Gemini 3 and newer, a number of tokens for what came before: gemini-2.5-flash and the like."""
    _only(thinking, THINKING, "generation_config.thinking_config")
    if "thinkingLevel" in thinking and (thinking["thinkingLevel"] not in LEVELS or model.startswith("gemini-2")):
        raise ValueError(f"thinking_level is not supported by {model}.")
    if "thinkingBudget" in thinking and not model.startswith("gemini-2"):
        raise ValueError(f"thinking_budget is not supported by {model}.")


def _check_schema(schema: dict[str, Any]) -> None:
    if not schema:
        return
    _only(schema, SCHEMA, "response_schema")
    if schema.get("type") not in TYPES:
        raise ValueError("schema.type is not one of Type.")
    if set(schema.get("required", [])) - set(schema.get("properties", {})):
        raise ValueError("schema.required: property is not defined.")
    for inner in (*schema.get("properties", {}).values(), schema.get("items", {})):
        _check_schema(inner)


# What the model makes of a request


def fenced(asked: Asked) -> str:
    """What stands between the fences that the instruction names; "" when the fences are not kept."""
    fence = FENCE.search(asked.instruction)
    lines = asked.data.split("\n")
    if not fence or lines[0] != f"BEGIN {fence[1]}" or lines[-1] != f"END {fence[1]}":
        return ""
    return "\n".join(lines[1:-1])


def _obedient(asked: Asked) -> dict[str, Any]:
    """The object that was asked for: a script by the local writer, or the smallest one the schema takes."""
    counts = COUNTS.search(asked.instruction)
    if not counts or "panels" not in asked.schema.get("properties", {}):
        smallest: dict[str, Any] = _smallest(asked.schema)
        return smallest
    told = json.loads(fenced(asked))
    story = Story(
        text=told["story"],
        page_count=int(counts[1]),
        panels_per_page=int(counts[2]),
        style=told["style"],
        genres=tuple(told["genres"]),
        characters=tuple(told["characters"]),
        backgrounds=tuple(told["backgrounds"]),
    )
    script: dict[str, Any] = json.loads(json.dumps(asdict(writer.write(story))))
    return script


def _smallest(schema: dict[str, Any]) -> Any:
    kinds = {"STRING": "…", "INTEGER": 1, "NUMBER": 1.0, "BOOLEAN": True}
    if schema.get("type") == "ARRAY":
        return [_smallest(schema["items"])]
    if schema.get("type") == "OBJECT":
        return {name: _smallest(inner) for name, inner in schema.get("properties", {}).items()}
    return kinds.get(schema.get("type", ""))


def sketch(data: str, width: int, height: int) -> bytes:
    """A PNG of `width` by `height` pixels: sky, ground and a sun or moon, each of them as the story's words happen to hash."""
    seed = hashlib.sha256(re.sub(r"(BEGIN|END) \w+", "", data).encode()).digest()
    sky, ground, disc = (bytes.fromhex(colours[seed[at] % len(colours)]) for at, colours in enumerate(COLOURS))
    horizon = height * (50 + seed[9] % 30) // 100
    centre, radius = (width * (20 + seed[10] % 60) // 100, horizon // 2), min(width, height) // 10
    rows = bytearray()
    for y in range(height):
        row = bytearray((sky if y < horizon else ground) * width)
        half = int(max(0, radius**2 - (y - centre[1]) ** 2) ** 0.5)
        if half and y < horizon:
            row[3 * (centre[0] - half) : 3 * (centre[0] + half)] = disc * (2 * half)
        rows += b"\0" + row
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(rows), 6)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    running = serve(Model(), int(sys.argv[1]) if len(sys.argv) > 1 else 8099)
    print(f"VERTEX_URL={running.url}", flush=True)
    running.serve_forever()
