"""The README's figures about scale follow from what was measured and what is declared."""

import json
from dataclasses import replace

from infra.gcp import connections, scale
from infra.gcp.place import OPTIONS, needs

COST = json.loads(scale.MEASURED.read_text())
ONE, HUNDRED, MANY, BEHIND_A_CDN = scale.STAGES


def test_what_is_declared_carries_a_hundred_requests_a_second_many_times_over():
    need = needs()["comics"]
    assert scale.size(replace(HUNDRED, rate=500), COST, need).instances <= need.max
    cores = int(OPTIONS["DEPLOY_DB_TIER"].split("-")[2])
    assert scale.size(HUNDRED, COST, need).database_cores <= cores


def test_ten_thousand_requests_a_second_need_more_instances_than_are_declared_and_no_more_connections_than_a_tier_has():
    need = needs()["comics"]
    found = scale.size(MANY, COST, need)
    assert found.instances > need.max
    assert found.held < max(count for _, count in connections.BY_MEMORY)


def test_twice_the_requests_or_comics_never_cost_less():
    need = needs()["comics"]
    for stage in scale.STAGES:
        paid = sum(scale.month(stage, COST, need).values())
        assert sum(scale.month(replace(stage, rate=2 * stage.rate), COST, need).values()) > paid
        assert sum(scale.month(replace(stage, comics=2 * stage.comics), COST, need).values()) > paid


def test_a_cdn_takes_load_off_functions_and_database():
    need = needs()["comics"]
    without, behind = (scale.size(stage, COST, need) for stage in (MANY, BEHIND_A_CDN))
    assert behind.instances < without.instances
    assert behind.database_cores < without.database_cores
    assert scale.month(BEHIND_A_CDN, COST, need)["gateway"] == 0


def test_the_first_two_million_calls_of_the_gateway_are_free():
    few = replace(ONE, rate=0.5)
    assert scale.month(few, COST, needs()["comics"])["gateway"] == 0
