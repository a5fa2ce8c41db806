"""The same odd texts where they come from: in requests, through the gateway, to whichever route."""

import io
import re

from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from infra.routes import ROUTES
from tests.fuzz import asking
from tests.fuzz.parsing import EACH, HEADER, fuzzed
from tests.fuzz.test_request_texts import KINDS, QUERY, RAW, forms
from tests.fuzz.test_tokens import TEXTS

SENT = st.tuples(KINDS, RAW) | forms() | st.just(("", b""))
# Servers let no control letter through in a header.
CLEAN = (TEXTS | HEADER).map(lambda text: re.sub(r"[\x00-\x1f\x7f]", " ", text)[:16_000])


@fuzzed(
    each=EACH,
    route=st.sampled_from(ROUTES),
    value=st.sampled_from(["1", "\xff", "%2e", "9" * 30, "00000000-0000-0000-0000-000000000001"]),
    token=st.none() | CLEAN,
    query=QUERY | HEADER,
    sent=SENT,
)
def test_whatever_a_request_is_made_of_it_gets_a_documented_answer(route, value, token, query, sent, apart, gateway):
    kind, body = sent
    environ = EnvironBuilder(method=route.method).get_environ()
    environ.update({"PATH_INFO": re.sub(r"{\w+}", value, route.path), "QUERY_STRING": re.sub(r"[\x00-\x20\x7f]", "", query)})
    environ.update(
        {"CONTENT_TYPE": re.sub(r"[\x00-\x1f\x7f]", " ", kind), "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}
    )
    if token is not None:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    started = []
    answer = b"".join(gateway(environ, lambda status, headers: started.append((status, dict(headers)))))
    status, headers = started[0]
    assert asking.wrong(route, int(status[:3]), headers, answer) is None, (status, answer[:500])
