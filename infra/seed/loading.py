"""The catalogue's way into a database; loading it again changes what changed and nothing else."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from common.db import Db, json, reading, transaction

PLACE = "@/"


def load(*, pictures: bool = True) -> None:
    """Write the catalogue's rows and, with `pictures`, make and store the files that are not there yet."""
    from infra.seed import catalogue

    with reading() as db:
        adopted = db.value("select exists (select from cache where key = 'adopted')")
    written = tables(catalogue)
    if adopted:
        # An adopted database has a catalogue of its own, whose ids its comics and the app know. Music nobody could choose there.
        written = {"asset_music": written["asset_music"]}
    with transaction() as db:
        for table, rows in written.items():
            for row in rows:
                _upsert(db, table, row)
            # Rows that people add later must not run into the ids that are given here.
            db.value(f"select setval(pg_get_serial_sequence('{table}', 'id'), greatest((select max(id) from {table}), 1))")
    if pictures:
        _store(drawn=not adopted)


def tables(catalogue: Any) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table, their files named by the rule of infra/seed/pictures.py."""
    from infra.seed.pictures import Kind, object_name

    def pictured(kind: Kind, entries: Iterable[Any], field: str = "image_url") -> list[dict[str, Any]]:
        return [{**_fields(entry), field: PLACE + object_name(kind, entry.id)} for entry in entries]

    return {
        "styles": pictured("styles", catalogue.STYLES),
        "genres": [_fields(entry) for entry in catalogue.GENRES],
        "characters": pictured("characters", catalogue.CHARACTERS),
        "backgrounds": pictured("backgrounds", catalogue.BACKGROUNDS),
        "asset_music": pictured("music", catalogue.MUSIC, "file_url"),
        "subscription_packages": [_fields(entry) for entry in catalogue.PACKAGES],
    }


def _fields(entry: Any) -> dict[str, Any]:
    return dict(vars(entry)) if hasattr(entry, "__dict__") else entry._asdict()


def _upsert(db: Db, table: str, row: dict[str, Any]) -> None:
    columns = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    changes = ", ".join(f"{name} = excluded.{name}" for name in row if name != "id")
    different = " or ".join(f"t.{name} is distinct from excluded.{name}" for name in row if name != "id")
    # Packages belong to administrators from the first load on; the rows here are only where they start.
    change = "do nothing" if table == "subscription_packages" else f"(id) do update set {changes} where {different}"
    db.run(
        f"insert into {table} as t ({columns}) overriding system value values ({values}) on conflict {change}",
        **row,
    )


def _store(*, drawn: bool) -> None:
    """Store the catalogue's music and, with `drawn`, its pictures, unless the ones of this very code are stored already."""
    from common.clients import storage
    from infra.seed import music, pictures

    version = _version()
    with reading() as db:
        stored = db.value("select value from cache where key = 'catalogue files'")
    if stored == version:
        return
    for name, data, content_type in (*(pictures.pictures() if drawn else ()), *music.files()):
        storage.put(name, data, content_type, public=True)
    with transaction() as db:
        db.run(
            "insert into cache (key, value, expires_at) values ('catalogue files', cast(:version as jsonb), 'infinity')"
            " on conflict (key) do update set value = excluded.value",
            version=json(version),
        )


def _version() -> str:
    """A hash of everything that decides how the files look: the catalogue and the code that draws it."""
    root = Path(__file__).resolve().parent.parent.parent
    code = [*(root / "infra/seed").glob("*.py"), *(root / "common/drawing").glob("*.py")]
    return hashlib.sha256(b"".join(each.read_bytes() for each in sorted(code))).hexdigest()
