"""What reads text from outside, tried with texts that nobody would write: a value, or the refusal that it declares, and soon.

PARSER_CASES is how many texts each parser is given; with it, what is drawn differs from run to run.
"""

import os
import random
import time
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz import counting

EACH = int(os.environ.get("PARSER_CASES", "200"))
LONG = "PARSER_CASES" in os.environ

# What was drawn is remembered so as not to be drawn again; so many at once take little memory.
ROUND = 2_000

# Seconds of processor that one text may cost; none of them is larger than what is taken from a caller in one header or form.
# The slowest takes a tenth of it; the collector of a process that has run thousands of tests takes its own time between.
SOON = 3.0

# Letters of all kinds, half pairs, NUL, right-to-left marks, and digits that are none.
LETTERS = st.characters(codec=None, categories=None) | st.sampled_from("\0\ud800\udfff\u202e\u200f\u0660\uff11\u0130ß\n\r\t\"\\%{}<>'")
ANY_TEXT = st.text(LETTERS, max_size=60)
# What a WSGI server hands over as a header: bytes, each as the letter of its number.
HEADER = st.text(st.characters(max_codepoint=255), max_size=100)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.just(10**400) | st.just("1e999999")
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3), max_leaves=5)


def fuzzed(each: int | None = None, **drawn: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Have a test tried with so many values of the strategies; the other arguments are pytest's."""
    count = each or EACH

    def wrap(test: Callable[..., None]) -> Callable[..., None]:
        def run(**fixtures: Any) -> None:
            for number in range(-(-count // ROUND)):
                one = partial(_timed, test, fixtures)
                trying = settings(
                    max_examples=min(ROUND, count - number * ROUND), deadline=None, database=None, suppress_health_check=list(HealthCheck),
                    phases=[Phase.generate, Phase.shrink],
                )(given(**drawn)(_named(one, drawn)))  # fmt: skip
                seed(random.getrandbits(64) if LONG else number)(trying)()

        return _with_fixtures(test, run, drawn)

    return wrap


def _timed(test: Callable[..., None], fixtures: dict[str, Any], **values: Any) -> None:
    counting.PARSED[test.__name__.removeprefix("test_")] += 1
    began = time.thread_time()
    try:
        test(**fixtures, **values)
    except Exception as error:
        error.add_note(f"tried with {values!r:.2000}")
        raise
    took = time.thread_time() - began
    assert took < SOON, f"took {took:.2f} s of processor"


def _named(act: Callable[..., None], drawn: dict[str, Any]) -> Any:
    """`act` as a function that names what is drawn, which hypothesis reads from the signature."""
    import inspect

    def named(**values: Any) -> None:
        act(**values)

    named.__signature__ = inspect.Signature([inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in drawn])  # type: ignore[attr-defined]
    return named


def _with_fixtures(test: Callable[..., None], run: Callable[..., None], drawn: dict[str, Any]) -> Callable[..., None]:
    """`run` as pytest sees it: with those arguments of the test that are not drawn."""
    import inspect

    @wraps(test)
    def asked(**fixtures: Any) -> None:
        run(**fixtures)

    kept = [parameter for name, parameter in inspect.signature(test).parameters.items() if name not in drawn]
    asked.__signature__ = inspect.Signature(kept)  # type: ignore[attr-defined]
    del asked.__wrapped__
    return asked
