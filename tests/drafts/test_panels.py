"""One panel at a time: drawn again, gone back to, moved; what is paid and what is kept."""

import io

import pytest

from common import db, ledger, media
from common.clients import artist, storage
from common.clients.errors import Refused
from common.i18n import Text
from functions.worker import panels
from tests.drafts.test_generation import account
from tests.support import stories


def coloured(brief):
    """A picture that depends on the panel and on how often it was drawn, as the artist's do, in a hundredth of the time."""
    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (64, 96), (brief.seed * 59 % 251, brief.seed // 251 % 251, 40)).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def creator(signed_in, monkeypatch):
    """Somebody with enough kredit and a finished comic of three panels."""
    monkeypatch.setattr(artist, "draw", coloured)
    siti = signed_in()
    with db.transaction() as giving:
        user = siti.user["id_users"]
        ledger.grant(giving, user, kredit=5, publish_quota=0, reason="gift", reference=f"gift:{user}", description="gift")
    siti.comic = stories.drawn(siti, page_count=3)
    siti.panels = [panel["panel_id"] for panel in stories.status(siti, siti.comic)["panels"]]
    return siti


def path(creator, panel, what):
    return f"/v1/comics/{creator.comic}/panels/{panel}/{what}"


def shown(creator):
    """The panels as their creator sees them, by id."""
    return {panel["panel_id"]: panel for panel in stories.status(creator, creator.comic)["panels"]}


def picture(panel):
    """The name of a panel's picture, without the signature that changes."""
    return panel["image"]["url"].partition("?")[0]


def test_one_panel_drawn_again_costs_one_kredit_and_leaves_the_others_alone(creator):
    before, kredit = shown(creator), account(creator)[0]
    panel = creator.panels[1]
    queued = creator.post(path(creator, panel, "regenerate"), expect=202)
    assert (queued.data["panel_id"], queued.data["status"]) == (panel, "queued")
    assert (account(creator), stories.status(creator, creator.comic)["status"]) == ((kredit - 1, 1), "RENDERING")
    creator.work("panel")
    after = shown(creator)
    assert [each for each in before if picture(after[each]) != picture(before[each])] == [panel]
    assert (account(creator), stories.status(creator, creator.comic)["status"]) == ((kredit - 1, 0), "COMPLETED")


def test_a_panel_drawn_again_does_not_look_the_same_even_from_an_earlier_version(creator):
    panel = creator.panels[0]
    files = set()
    for _ in range(2):
        creator.post(path(creator, panel, "regenerate"), expect=202)
        creator.work("panel")
        creator.post(path(creator, panel, "versions/1/select"), expect=200)
    with db.reading() as reading:
        for row in reading.all("select image from panel_versions where panel_id = :panel", panel=panel):
            files.add(storage.get(next(media.names(row.image["url"]))))
    assert len(files) == 3


def test_earlier_pictures_are_kept_and_can_be_shown_again_for_nothing(creator):
    panel = creator.panels[0]
    first = picture(shown(creator)[panel])
    creator.post(path(creator, panel, "regenerate"), expect=202)
    creator.work("panel")
    kredit = account(creator)
    versions = creator.get(path(creator, panel, "versions")).data
    assert [(each["version"], each["is_shown"]) for each in versions] == [(2, True), (1, False)]
    again = creator.post(path(creator, panel, "versions/1/select"), expect=200).data
    assert [(each["version"], each["is_shown"]) for each in again] == [(2, False), (1, True)]
    assert (picture(shown(creator)[panel]), account(creator)) == (first, kredit)
    assert creator.post(path(creator, panel, "versions/3/select")).status == 404


def test_the_cover_is_the_first_panels_picture_whatever_happens_to_it(creator):
    def cover():
        return creator.get(f"/v1/comics/{creator.comic}").data["cover"]["url"].partition("?")[0]

    first, second, third = creator.panels
    creator.post(path(creator, first, "regenerate"), expect=202)
    creator.work("panel")
    assert cover() == picture(shown(creator)[first])
    creator.post(path(creator, first, "versions/1/select"), expect=200)
    assert cover() == picture(shown(creator)[first])
    creator.put(f"/v1/comics/{creator.comic}/panels/order", {"panel_ids": [third, first, second]})
    assert cover() == picture(shown(creator)[third])


def test_panels_change_their_order_and_pages_keep_their_places(creator):
    first, second, third = creator.panels
    places = [(each["page_number"], each["panel_number"]) for each in shown(creator).values()]
    creator.put(f"/v1/comics/{creator.comic}/panels/order", {"panel_ids": [third, first, second]})
    after = stories.status(creator, creator.comic)["panels"]
    assert [each["panel_id"] for each in after] == [third, first, second]
    assert [(each["page_number"], each["panel_number"]) for each in after] == places


@pytest.mark.parametrize("wrong", ["one missing", "one twice", "one of another comic"])
def test_an_order_names_every_panel_once(creator, wrong):
    first, second, third = creator.panels
    given = {"one missing": [first, second], "one twice": [first, second, third, third], "one of another comic": [first, second, 10**9]}
    refused = creator.put(f"/v1/comics/{creator.comic}/panels/order", {"panel_ids": given[wrong]}, expect=422)
    assert refused.json["errors"][0]["loc"] == ["body", "panel_ids"]
    assert list(shown(creator)) == [first, second, third]


def test_a_text_changed_after_drawing_says_so_until_the_panel_is_drawn_again(creator):
    panel = creator.panels[2]
    assert not shown(creator)[panel]["needs_redraw"]
    changed = creator.put(f"/v1/comics/{creator.comic}/panels/{panel}", {"narration": "Sejak itu mereka bersahabat."}).data
    assert changed["needs_redraw"] and shown(creator)[panel]["needs_redraw"]
    creator.post(path(creator, panel, "regenerate"), expect=202)
    creator.work("panel")
    assert not shown(creator)[panel]["needs_redraw"]
    creator.post(path(creator, panel, "versions/1/select"), expect=200)
    assert shown(creator)[panel]["needs_redraw"]


def told(person, comic):
    """What a comic's panels tell, under either key by which apps read it."""
    return [(panel["page_narration"], panel["narration"]) for panel in person.get(f"/v1/comics/{comic}").data["panels"]]


def test_what_a_script_or_an_edit_says_of_a_panel_stands_under_both_keys_of_the_comics_detail(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    [panel] = stories.status(siti, comic)["panels"]
    assert panel["narration"] and told(siti, comic) == [(panel["narration"], panel["narration"])]
    siti.put(f"/v1/comics/{comic}/panels/{panel['panel_id']}", {"narration": "Kancil pulang."})
    assert told(siti, comic) == [("Kancil pulang.", "Kancil pulang.")]


BALLOONS = [{"speaker": "Kancil", "text": "Halo, Buaya!"}, {"speaker": "Buaya", "text": "Hai, Kancil!"}]


@pytest.mark.parametrize(
    "sent",
    [
        BALLOONS,
        [{"Kancil": "Halo, Buaya!"}, {"Buaya": "Hai, Kancil!"}],
        [{"Kancil": "Halo, Buaya!", "Buaya": "Hai, Kancil!"}],
        [{"character": "Kancil", "text": "Halo, Buaya!"}, {"name": "Buaya", "text": "Hai, Kancil!"}],
    ],
    ids=["speaker and text", "a map each", "one map", "character or name"],
)
def test_balloons_are_taken_in_every_shape_that_apps_send_and_come_back_in_one(signed_in, sent):
    siti = signed_in()
    comic = stories.scripted(siti)
    [panel] = stories.status(siti, comic)["panels"]
    changed = siti.put(f"/v1/comics/{comic}/panels/{panel['panel_id']}", {"dialogues": sent}).data
    assert changed["dialogues"] == BALLOONS == stories.status(siti, comic)["panels"][0]["dialogue"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ([{"Kancil": 3}], [0, "text"]),
        ([{"Kancil": "Halo", "Buaya": None}], [1, "text"]),
        ([{"text": "Halo"}], [0, "speaker"]),
        ([{"speaker": "Kancil"}], [0, "text"]),
        ([{"character": "Kancil", "text": "Halo", "mood": "senang"}], [0, "mood"]),
        ([{"": "Halo"}], [0, "speaker"]),
        ([{}], [0, "speaker"]),
        (["Kancil: Halo"], [0]),
        ("Kancil: Halo", []),
        ([{str(number): "Halo" for number in range(7)}], []),
    ],
)
def test_a_balloon_that_is_none_is_refused_by_its_field(signed_in, sent, field):
    siti = signed_in()
    comic = stories.scripted(siti)
    [panel] = stories.status(siti, comic)["panels"]
    refused = siti.put(f"/v1/comics/{comic}/panels/{panel['panel_id']}", {"dialogues": sent}, expect=422)
    assert refused.json["errors"][0]["loc"] == ["body", "dialogues", *field]


def test_a_panel_of_an_old_comic_says_what_its_page_tells_until_it_is_edited(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    with db.transaction() as adopting:
        adopting.run("update comic_panels set page_narration = 'Halaman bercerita.', narration = null where comic_id = :comic", comic=comic)
    assert told(siti, comic) == [("Halaman bercerita.", "Halaman bercerita.")]
    [panel] = stories.status(siti, comic)["panels"]
    path = f"/v1/comics/{comic}/panels/{panel['panel_id']}"
    assert siti.put(path, {"description": "Kancil di tepi sungai."}).data["narration"] == "Halaman bercerita."
    siti.put(path, {"narration": "Kancil pulang."})
    assert told(siti, comic) == [("Kancil pulang.", "Kancil pulang.")]


def test_asked_twice_it_is_one_job_and_another_panel_has_to_wait(creator):
    first, second, _ = creator.panels
    job = creator.post(path(creator, first, "regenerate"), expect=202).data["job_id"]
    assert creator.post(path(creator, first, "regenerate"), expect=202).data["job_id"] == job
    assert creator.post(path(creator, second, "regenerate"), expect=409).error == "AlreadyRunning"
    assert creator.post(f"/v1/comics/{creator.comic}/drafts", expect=409).error == "AlreadyRunning"
    assert account(creator)[1] == 1


def test_canceled_or_failed_the_comic_stays_finished_and_the_kredit_comes_back(creator, monkeypatch):
    before, kredit = shown(creator), account(creator)
    creator.post(path(creator, creator.panels[0], "regenerate"), expect=202)
    assert creator.post(f"/v1/comics/{creator.comic}/drafts/cancel", expect=200).data["status"] == "COMPLETED"
    assert account(creator) == kredit

    def fails(_):
        raise RuntimeError("no paint")

    monkeypatch.setattr(artist, "draw", fails)
    job = creator.post(path(creator, creator.panels[0], "regenerate"), expect=202).data["job_id"]
    for _ in range(3):
        with db.transaction() as hurrying:
            hurrying.run("update jobs set run_at = now() where id = :job", job=job)
        creator.worker(f"/internal/jobs/{job}")
    status = stories.status(creator, creator.comic)
    assert (status["status"], account(creator)) == ("COMPLETED", kredit)
    assert status["error"]
    assert {each: picture(panel) for each, panel in shown(creator).items()} == {each: picture(panel) for each, panel in before.items()}
    told = [each["type"] for each in creator.get("/v1/notifications").data]
    assert told.count("failed") == 1


def interrupted(monkeypatch, at, act):
    """`act` happens while the `at`-th picture from now on is drawn, and for each one after."""
    drawn = []

    def draw(brief):
        drawn.append(brief)
        if len(drawn) >= at:
            act()
        return coloured(brief)

    monkeypatch.setattr(artist, "draw", draw)


def refuse():
    raise Refused(Text("Please change the story", "Mohon ubah ceritanya"))


def left(creator):
    """All that is left of what was drawn of a comic: the pictures shown, the cover, and the files."""
    with db.reading() as reading:
        rows = reading.all(
            "select id, image, image_url, version from comic_panels where comic_id = :comic order by id", comic=creator.comic
        )
        cover = reading.one("select cover, cover_url from comics where id = :comic", comic=creator.comic)
    creator.work("delete_files")
    return rows, cover, set(storage.names(f"comics/{creator.comic}/"))


@pytest.mark.parametrize("end", ["canceled", "refused"])
def test_a_redraw_that_ends_after_its_first_panel_leaves_the_finished_comic_of_before_with_the_picture_that_was_chosen(
    creator, api, monkeypatch, end
):
    first = creator.panels[0]
    creator.post(path(creator, first, "regenerate"), expect=202)
    creator.work("panel")
    creator.post(path(creator, first, "versions/1/select"), expect=200)
    before, kredit = left(creator), account(creator)
    creator.post(f"/v1/comics/{creator.comic}/drafts", expect=202)
    cancel = f"/v1/comics/{creator.comic}/drafts/cancel"
    interrupted(monkeypatch, 2, refuse if end == "refused" else lambda: creator.post(cancel, expect=200))
    creator.work("panels")
    assert (left(creator), account(creator)) == (before, kredit)
    status = stories.status(creator, creator.comic)
    assert (status["status"], bool(status["error"])) == ("COMPLETED", end == "refused")
    assert [each["version"] for each in creator.get(path(creator, first, "versions")).data] == [2, 1]
    creator.post(f"/v1/comics/{creator.comic}/publish", {}, expect=200)
    assert api.get(f"/v1/comics/{creator.comic}").data["cover"]["url"].endswith(before[1].cover["url"].removeprefix("@/"))


def test_one_panel_that_is_canceled_once_it_is_drawn_shows_the_picture_of_before(creator, monkeypatch):
    before, kredit, keep = left(creator), account(creator), panels._keep

    def canceled_after(*given):
        keep(*given)
        creator.post(f"/v1/comics/{creator.comic}/drafts/cancel", expect=200)

    monkeypatch.setattr(panels, "_keep", canceled_after)
    creator.post(path(creator, creator.panels[0], "regenerate"), expect=202)
    creator.work("panel")
    assert (left(creator), account(creator)) == (before, kredit)


@pytest.mark.parametrize("end", ["canceled", "refused"])
def test_no_finished_comic_comes_for_nothing_however_often_its_drawing_is_ended_before_the_last_panel(creator, monkeypatch, end):
    creator.comic = stories.scripted(creator, page_count=3)
    kredit = account(creator)
    cancel = f"/v1/comics/{creator.comic}/drafts/cancel"
    for _ in range(2):
        creator.post(f"/v1/comics/{creator.comic}/drafts", expect=202)
        interrupted(monkeypatch, 3, refuse if end == "refused" else lambda: creator.post(cancel, expect=200))
        creator.work("panels")
        assert stories.status(creator, creator.comic)["status"] == ("RENDER_FAILED" if end == "refused" else "CANCELED")
        creator.put(f"/v1/comics/{creator.comic}/panels/order", {"panel_ids": list(shown(creator))[::-1]})
    shown_now, cover, files = left(creator)
    assert [panel.image for panel in shown_now] == [None] * 3 and cover.cover is None and files == set()
    assert account(creator) == kredit
    assert creator.post(f"/v1/comics/{creator.comic}/publish", {}, expect=409).error == "NotReady"
    assert creator.post(f"/v1/comics/{creator.comic}/exportPdf", expect=409).error == "NotDrawn"


@pytest.mark.parametrize("end", ["canceled", "refused"])
def test_pictures_that_gave_their_price_back_are_drawn_only_so_often_a_day(creator, monkeypatch, end):
    monkeypatch.setenv("UNDONE_DRAWINGS_PER_DAY", "2")
    cancel, kredit = f"/v1/comics/{creator.comic}/drafts/cancel", account(creator)

    def undone(start, kind, at):
        creator.post(start, expect=202)
        interrupted(monkeypatch, at, refuse if end == "refused" else lambda: creator.post(cancel, expect=200))
        creator.work(kind)

    all_panels, one_panel = f"/v1/comics/{creator.comic}/drafts", path(creator, creator.panels[0], "regenerate")
    undone(all_panels, "panels", 2)
    undone(one_panel, "panel", 1)  # Nothing was drawn yet, so this one does not count.
    undone(all_panels, "panels", 3)
    for start in (all_panels, one_panel):
        assert creator.post(start, expect=429).headers["Retry-After"]
    assert (account(creator), stories.status(creator, creator.comic)["status"]) == (kredit, "COMPLETED")
    with db.transaction() as a_day_later:
        a_day_later.run("update rate_limits set window_ends_at = now() where key = :key", key=f"undone:{creator.user['id_users']}")
    creator.post(one_panel, expect=202)


def adopted(creator):
    """Make the comic one of the old backend: its pictures are addresses elsewhere."""
    with db.transaction() as adopting:
        adopting.run("delete from panel_versions where panel_id = any(cast(:panels as bigint[]))", panels=creator.panels)
        adopting.run(
            "update comic_panels set image = null, version = 0, image_url = 'https://lama.example/' || id where comic_id = :comic",
            comic=creator.comic,
        )
        adopting.run("update comics set cover = null, cover_url = 'https://lama.example/cover' where id = :comic", comic=creator.comic)


def test_a_cancel_whose_answer_was_lost_is_answered_the_same(creator):
    creator.post(path(creator, creator.panels[0], "regenerate"), expect=202)
    for _ in range(2):
        canceled = creator.post(f"/v1/comics/{creator.comic}/drafts/cancel", headers={"Idempotency-Key": "batal-1"}, expect=200)
        assert canceled.data["status"] == "COMPLETED"
    assert canceled.headers["Idempotent-Replayed"] == "true"
    creator.post(f"/v1/comics/{creator.comic}/exportPdf", expect=202)
    for _ in range(2):
        creator.post(f"/v1/comics/{creator.comic}/exports/pdf/cancel", headers={"Idempotency-Key": "batal-2"}, expect=200)


def test_a_comic_of_the_old_backend_has_the_picture_of_its_new_first_panel_as_cover(creator):
    adopted(creator)
    creator.put(f"/v1/comics/{creator.comic}/panels/order", {"panel_ids": creator.panels[::-1]}, expect=200)
    assert left(creator)[1].cover_url == f"https://lama.example/{creator.panels[-1]}"


def test_a_comic_of_the_old_backend_keeps_its_pictures_when_its_redraw_is_canceled(creator, monkeypatch):
    adopted(creator)
    before = left(creator)
    creator.post(f"/v1/comics/{creator.comic}/drafts", expect=202)
    interrupted(monkeypatch, 2, lambda: creator.post(f"/v1/comics/{creator.comic}/drafts/cancel", expect=200))
    creator.work("panels")
    assert left(creator) == before
    assert stories.status(creator, creator.comic)["status"] == "COMPLETED", "nobody is left with a comic that cannot be published"


def test_a_panel_of_an_undrawn_or_published_comic_is_not_drawn_again(creator):
    script = stories.scripted(creator)
    panel = stories.status(creator, script)["panels"][0]["panel_id"]
    assert creator.post(f"/v1/comics/{script}/panels/{panel}/regenerate", expect=409).error == "NotDrawn"
    assert creator.post(path(creator, panel, "regenerate")).status == 404
    creator.post(f"/v1/comics/{creator.comic}/publish", {}, expect=200)
    assert creator.post(path(creator, creator.panels[0], "regenerate"), expect=409).error == "IsPublished"
    assert creator.post(path(creator, creator.panels[0], "versions/1/select"), expect=409).error == "IsPublished"


def test_without_kredit_no_panel_is_drawn_again(signed_in):
    siti = signed_in()
    comic = stories.drawn(siti)
    panel = stories.status(siti, comic)["panels"][0]["panel_id"]
    refused = siti.post(f"/v1/comics/{comic}/panels/{panel}/regenerate", expect=402)
    assert (refused.error, stories.status(siti, comic)["status"]) == ("InsufficientCredits", "COMPLETED")


def test_who_waits_for_a_comic_is_told_when_it_is_finished(creator):
    [told] = [each for each in creator.get("/v1/notifications").data if each["type"] == "success"]
    assert told["data"] == f'{{"comic_id": {creator.comic}, "type": "success"}}'
