"""What has served its time is deleted, and nothing else is."""

from common import db


def test_only_what_is_stale_is_forgotten(api, signed_in):
    siti = signed_in()
    with db.transaction() as making:
        for days in (1, 30):
            making.run(
                "insert into otp_requests (purpose, destination, code_hash, created_at, expires_at)"
                " values ('verify', :address, '', now() - :days * interval '1 day', now())",
                address=f"lama-{days}@contoh.id",
                days=days,
            )
            making.run(
                "insert into users (full_name, email, referral_code_id, created_at) values ('Belum', :address, :code, now() - :days * interval '1 day')",
                address=f"lama-{days}@contoh.id",
                code=f"LAMA{days}",
                days=days,
            )
        making.run("insert into rate_limits (key, hits, window_ends_at) values ('lama', 1, now() - interval '3 days'), ('baru', 1, now())")
    forgotten = api.worker("/internal/forgetting").data
    assert forgotten["otp_requests"] >= 1 and forgotten["users"] >= 1 and forgotten["rate_limits"] >= 1
    with db.reading() as reading:
        left = {row.email for row in reading.all("select email from users where email like 'lama-%@contoh.id'")}
        assert left == {"lama-1@contoh.id"}
        assert reading.value("select count(*) from rate_limits where key in ('lama', 'baru')") == 1
    siti.get("/v1/auth/sessions")


def test_forgetting_goes_in_batches_until_nothing_is_left(api, monkeypatch):
    from functions.worker import forgetting

    monkeypatch.setattr(forgetting, "BATCH", 3)
    with db.transaction() as making:
        making.run(
            "insert into rate_limits (key, hits, window_ends_at) select 'alt' || n, 1, now() - interval '3 days' from generate_series(1, 10) n"
        )
    assert api.worker("/internal/forgetting").data["rate_limits"] >= 10
