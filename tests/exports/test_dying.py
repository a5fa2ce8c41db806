"""A worker that is killed anywhere while it makes an export: the next one finishes it, with one file, one price and one notice."""

from common import db
from common.clients import storage, tasks
from tests.exports import books
from tests.support import killing


def test_a_pdf_killed_at_any_point_is_made_once(signed_in):
    siti = signed_in()

    def started():
        comic = books.comic(siti, panels=1)
        siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
        with db.reading() as reading:
            return comic, reading.value("select id from jobs where comic_id = :comic", comic=comic)

    def work(job):
        def done():
            # Connections that the parent has open are not the child's to use.
            storage._client.cache_clear()
            tasks._session.cache_clear()
            return siti.worker(f"/internal/jobs/{job}").data["outcome"]

        return done

    passed = killing.points(work(started()[1]))
    print(f"\na PDF was killed at {len(passed)} points:", *passed, sep="\n  ")
    assert "before commit" in passed and "after commit" in passed
    for point in (each for each, name in enumerate(passed) if name != "after begin"):
        comic, job = started()
        killing.at(point, work(job))
        with db.transaction() as later:
            later.run("update jobs set lease_until = now() - interval '1 second' where id = :job and status = 'running'", job=job)
        assert siti.worker(f"/internal/jobs/{job}").data["outcome"] in ("done", "nothing to do")
        siti.work("delete_files")
        with db.reading() as reading:
            row = reading.one(
                "select (select status from jobs where id = :job) as status, (select object_name from exports where comic_id = :comic) as name,"
                " (select count(*) from notifications where dedupe_key = 'job:' || :job) as told",
                comic=comic,
                job=job,
            )
        stored = [blob.name for blob in storage._bucket().list_blobs(prefix=f"comics/{comic}/exports/")]
        assert (row.status, stored, row.told) == ("done", [row.name], 1), passed[point]
