"""The embedder turns a text into a vector; which embedder does it is the setting EMBEDDER.

Vectors of two embedders, or of two lengths, have nothing to do with each other: each is kept with the name of its model.
"""

import math
from typing import Any

from common import settings

# What the model is told about the use of its vectors (https://cloud.google.com/vertex-ai/generative-ai/docs/embeddings/task-types).
_TASK = "SEMANTIC_SIMILARITY"


def model() -> str:
    """The name under which vectors of now are kept: the model's and their length."""
    return f"{_name()}/{settings.EMBEDDING_DIMENSIONS()}"


def _name() -> str:
    if settings.EMBEDDER() != "local":
        return settings.EMBEDDING_MODEL()
    from common.writing import vectors

    return vectors.NAME


def embed(text: str) -> list[float]:
    """The unit vector of `text`, EMBEDDING_DIMENSIONS long. Raises `Unavailable` when the model cannot be reached or gives none.

    The model reads the first 2,048 tokens of a text and passes over the rest.
    """
    from common.writing import vectors

    dimensions = settings.EMBEDDING_DIMENSIONS()
    # Shorter vectors of gemini-embedding-001 are beginnings of its long one and do not come at length 1.
    return vectors.vector(text, dimensions) if settings.EMBEDDER() == "local" else vectors.unit(_predicted(text, dimensions))


def _predicted(text: str, dimensions: int) -> list[float]:
    from common.clients import vertex

    # gemini-embedding-001 takes one text a request.
    instance = {"content": text, "task_type": _TASK}
    prediction = vertex.predict(settings.EMBEDDING_MODEL(), settings.EMBEDDING_LOCATION(), instance, {"outputDimensionality": dimensions})
    values = _values(prediction)
    if len(values) != dimensions or not all(_is_number(value) for value in values) or not any(values):
        raise vertex.Unusable("vertex", f"the prediction is no vector of {dimensions} numbers")
    return [float(value) for value in values]


def _values(prediction: dict[str, Any]) -> list[Any]:
    embeddings = prediction.get("embeddings")
    values = embeddings.get("values") if isinstance(embeddings, dict) else None
    return values if isinstance(values, list) else []


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
