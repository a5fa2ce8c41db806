"""The local gateway and the schedule behave as the cloud's do."""

from infra.local.stack import ROOT, read
from infra.routes import ALL_ROUTES
from infra.schedule import SCHEDULE
from tests.support import people


def test_an_unknown_path_is_the_gateways_own_404(api):
    answer = api.get("/v1/no/such/thing", expect=404)
    assert set(answer.json) == {"code", "message"}


def test_a_wrong_method_is_the_gateways_own_405(api):
    answer = api.call("DELETE", "/v1/genres", expect=405)
    assert answer.json["code"] == 405 and "http method is not allowed" in answer.json["message"]


def test_fixed_segments_win_over_parameters(signed_in):
    siti = signed_in()
    assert "drafts" in siti.get("/v1/comics/drafts").data
    assert siti.get("/v1/comics/my-published").data == []


def test_every_spelling_of_todays_app_reaches_the_same_handler(signed_in, api):
    for path in ("/v1/genres", "/api/v1/genres"):
        assert len(api.get(path).data) == 12
    for path in ("/api/v1/chars", "/api/v1/characters"):
        assert api.get(path).data == api.get("/v1/characters").data
    for version in ("", "/api", "/api/v1/auth"):
        siti = signed_in()
        given = {"email": siti.user["email"], "password": people.PASSWORD}
        tokens = api.post(f"{version}/login", given, expect=200).data["tokens"]
        fresh = api.post(f"{version}/refresh", {"refresh_token": tokens["refresh_token"]}, expect=200).data["access_token"]
        api.signed(fresh).post(f"{version}/logout", expect=200)
        api.signed(fresh).get("/profile", expect=401)


def test_the_internal_functions_are_not_in_the_gateway(api):
    assert set(api.call("POST", "/internal/sweep", expect=404).json) == {"code", "message"}


def test_whatever_is_scheduled_is_a_route_of_the_worker():
    internal = {route.path for route in ALL_ROUTES if route.function == "worker"}
    assert {tick.path for tick in SCHEDULE} <= internal
    assert {path for path in internal if "{" not in path} <= {tick.path for tick in SCHEDULE}


def test_the_example_settings_are_settings():
    from common.settings import SETTINGS

    assert set(read(ROOT / ".env.example")) <= {each.name for each in SETTINGS}


def test_every_secret_has_a_local_value(services):
    from common.settings import SETTINGS

    assert {each.name for each in SETTINGS if each.secret} <= set(services.settings)
