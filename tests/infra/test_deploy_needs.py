"""What the functions declare about themselves is what their code needs, and the platform can give it."""

import re

import pytest

from common.settings import SETTINGS
from infra import reach
from infra.routes import APIS, INTERNAL

every_function = pytest.mark.parametrize("api", APIS, ids=lambda api: api.function)

# With IAM login no function has a password of the database's.
NOBODYS = {"DB_PASSWORD"}


@every_function
def test_a_function_declares_exactly_the_secrets_that_its_code_can_read(api):
    assert set(api.needs.secrets) == reach.secrets(api.function) - NOBODYS


@every_function
def test_a_function_may_do_exactly_what_its_code_can_come_to(api):
    assert set(api.needs.uses) == reach.uses(api.function)


@every_function
def test_a_function_asks_for_what_the_platform_offers(api):
    needs = api.needs
    size = int(re.fullmatch(r"(\d+)(Mi|Gi)", needs.memory)[1]) * (1024 if needs.memory.endswith("Gi") else 1)
    assert size >= 512 and needs.cpu in (1, 2, 4, 8) and needs.cpu * 512 <= size
    assert 0 <= needs.min <= needs.max and 1 <= needs.threads <= 80
    # The gateway hangs up after a minute; only what a queue calls may take longer, and half an hour at most.
    assert needs.timeout <= (1800 if api.function in INTERNAL else 60)


def test_every_secret_but_the_databases_password_is_some_functions():
    read = {secret for api in APIS for secret in api.needs.secrets}
    assert read == {each.name for each in SETTINGS if each.secret} - NOBODYS


def test_the_callback_can_touch_no_file_and_nobody_but_who_draws_and_speaks_can_use_the_models():
    may = {api.function: set(api.needs.uses) for api in APIS}
    assert may["payment_callback"] == {"enqueue"}
    assert {name for name, uses in may.items() if "vertex" in uses} == {"worker"}
    assert {name for name, uses in may.items() if "speech" in uses} == {"speech", "video", "worker"}
    assert {name for name, uses in may.items() if "push" in uses} == {"worker"}


def test_the_analysis_sees_a_secret_through_lazy_imports_aliases_and_tables_of_modules():
    assert {"DOKU_SECRET_KEY", "MIDTRANS_SERVER_KEY"} <= reach.secrets("payment_callback")
    assert "VERTEX_TEXT_MODEL" in reach.settings("worker")
    assert "SMTP_PASSWORD" not in reach.secrets("auth")
    assert "JWT_SECRET" not in reach.secrets("catalog")
