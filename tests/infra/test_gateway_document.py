"""The document that API Gateway is given: its rules are stricter than OpenAPI's, and some of its defaults are traps."""

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV2SpecValidator
from werkzeug.test import Client as WerkzeugClient

from infra.gateway import addressed, gateway_document, written
from infra.routes import APIS, INTERNAL, PUBLIC_APIS, ROOT, ROUTES

EXAMPLE = ROOT / "infra/gateway.example.json"


@pytest.fixture(scope="module")
def document():
    return gateway_document(lambda function: f"https://{function}-abc.a.run.app")


@pytest.fixture(scope="module")
def operations(document):
    return {(method, path): operation for path, item in document["paths"].items() for method, operation in item.items()}


def test_it_is_openapi_2_as_the_gateway_reads_it(document):
    assert document["swagger"] == "2.0" and document["schemes"] == ["https"]
    OpenAPIV2SpecValidator(document).validate()


def test_every_path_and_alias_of_every_public_function_is_there_and_nothing_else(operations):
    expected = {(route.method.lower(), path) for route in ROUTES for path in route.aliases}
    assert {place for place in operations if place[0] not in ("options", "head")} == expected


def test_an_operation_goes_to_its_own_function_with_the_path_kept_and_a_token_made_out_to_it(operations):
    for route in ROUTES:
        for path in route.aliases:
            backend = operations[(route.method.lower(), path)]["x-google-backend"]
            assert backend["address"] == backend["jwt_audience"] == f"https://{route.function}-abc.a.run.app"
            assert backend["path_translation"] == "APPEND_PATH_TO_ADDRESS"


def test_the_gateway_waits_as_long_as_the_function_may_take_and_never_over_a_minute(operations):
    seconds = {api.function: float(min(api.needs.timeout, 60)) for api in APIS}
    for route in ROUTES:
        assert operations[(route.method.lower(), route.path)]["x-google-backend"]["deadline"] == seconds[route.function]


def test_what_can_be_got_can_be_asked_for_by_head_too(document, api):
    for path, item in document["paths"].items():
        assert ("head" in item) == ("get" in item), path
        assert "get" not in item or item["head"]["x-google-backend"] == item["get"]["x-google-backend"], path
    asking = WerkzeugClient(api.app)
    for path in ("/", "/v1/genres", "/api/v1/comics?per_page=1", "/docs"):
        got, head = asking.get(path), asking.head(path)
        assert (got.status_code, head.status_code, head.data) == (200, 200, b""), path
        assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert asking.head("/v1/auth/sessions").status_code == 401
    assert asking.head("/login").status_code == 405


def test_every_path_has_an_open_preflight(document):
    for item in document["paths"].values():
        assert item["options"]["security"] == []


def test_nothing_asks_for_a_login_at_the_gateway_so_that_callbacks_get_in(document, operations):
    assert "security" not in document and "securityDefinitions" not in document
    assert all(operation["security"] == [] for operation in operations.values())
    assert ("post", "/v1/subscriptions/payment-callback") in operations


def test_operations_have_names_of_their_own(operations):
    names = [operation["operationId"] for operation in operations.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"\w+", name, re.ASCII) for name in names)


def test_internal_functions_are_not_behind_the_gateway(document):
    text = json.dumps(document)
    assert "/internal/" not in text
    assert not any(f"https://{function}-abc" in text for function in INTERNAL)


def test_only_whole_segments_are_parameters_and_each_is_declared(operations):
    for (_, path), operation in operations.items():
        assert all(re.fullmatch(r"{\w+}|[^{}:]*", segment) for segment in path.split("/"))
        declared = [each["name"] for each in operation["parameters"] if each["in"] == "path" and each["required"]]
        assert declared == re.findall(r"{(\w+)}", path)


def test_no_two_paths_match_the_same_requests(document):
    shapes = [re.sub(r"{\w+}", "{}", path) for path in document["paths"]]
    assert len(shapes) == len(set(shapes))


def test_addresses_come_from_a_template_or_from_what_was_deployed(tmp_path):
    file = tmp_path / "urls.json"
    file.write_text(json.dumps({api.function: f"https://{api.function}.example" for api in PUBLIC_APIS}))
    assert addressed(str(file))("payment_callback") == "https://payment_callback.example"
    assert addressed("https://{function}-x.a.run.app")("payment_callback") == "https://payment-callback-x.a.run.app"


def test_the_committed_example_is_what_the_routes_say():
    current = written(gateway_document(addressed("https://{function}-0000000000.asia-southeast2.run.app")))
    assert json.loads(current)["paths"] == gateway_document(addressed("https://{function}-0000000000.asia-southeast2.run.app"))["paths"]
    assert EXAMPLE.read_text() == current + "\n", "run: python -m infra.openapi gateway > infra/gateway.example.json"
