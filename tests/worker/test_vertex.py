"""The same way from idea to pictures with Vertex AI's writer and artist, against a server that speaks its protocol."""

import pytest

from infra.local import httpd, vertex
from tests.support import stories


@pytest.fixture
def model(monkeypatch):
    """A model of one's own; both writer and artist are Vertex AI's."""
    made = vertex.Model()
    server = vertex.serve(made, 0)
    httpd.start(server)
    monkeypatch.setenv("VERTEX_URL", server.url)
    monkeypatch.setenv("WRITER", "vertex")
    monkeypatch.setenv("ARTIST", "vertex")
    yield made
    server.stop()


def test_a_comic_is_written_and_drawn_by_vertex(signed_in, model):
    siti = signed_in()
    comic = stories.drawn(siti)
    shown = siti.get(f"/v1/comics/show/{comic}").data
    assert shown["title"] and all(panel["image"]["bytes"] > 0 for panel in shown["panels"])


def test_whatever_the_model_calls_its_speakers_a_panel_can_be_saved_with_the_dialogues_that_it_shows(signed_in, model):
    siti, speakers = signed_in(), ("", " \n", "\u202e", "S" * 500, "speaker", "Kancil")
    lines = [{"speaker": speaker, "text": "Halo!"} for speaker in speakers]

    def called(script):
        for number, panel in enumerate(script["panels"]):
            panel["dialogues"] = lines[3 * number : 3 * number + 3]

    model.plan(vertex.edited(called))
    comic = stories.scripted(siti, page_count=2)
    panels = stories.status(siti, comic)["panels"]
    for panel in panels:
        saved = siti.put(f"/v1/comics/{comic}/panels/{panel['panel_id']}", {"dialogues": panel["dialogue"]}, expect=200).data
        assert saved["dialogues"] == panel["dialogue"]
    assert [line["speaker"] for panel in panels for line in panel["dialogue"]] == ["Suara"] * 3 + [f"{'S' * 59}…", "speaker", "Kancil"]


@pytest.mark.parametrize(("stage", "status"), [("script", "SCRIPT_FAILED"), ("panels", "RENDER_FAILED")])
def test_a_safety_block_fails_at_once_with_a_reason_and_the_kredit_back(signed_in, model, stage, status):
    siti = signed_in()
    comic = stories.start(siti)
    if stage == "panels":
        siti.work("script")
        siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    model.plan(vertex.blocked("PROHIBITED_CONTENT"), for_ever=True)
    siti.work(stage)
    draft = stories.status(siti, comic)
    assert draft["status"] == status and draft["error"]
    english = draft["error"]
    assert siti.get(f"/v1/comics/{comic}/draft/status", headers={"Accept-Language": "id"}).data["error"] != english
    assert siti.post("/logout", expect=200)
