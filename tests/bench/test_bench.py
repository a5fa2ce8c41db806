"""The benchmarks compare like with like."""

import pytest

from tests.bench import missing


@pytest.mark.skipif(bool(missing()), reason=f"the benchmarks' own requirements are not installed: {', '.join(missing())}")
def test_the_references_answer_what_we_answer() -> None:
    from tests.bench import database, lists, servers

    with database.seeded(200) as server, servers.bundled("comics") as bundle, lists.contenders(server.database(), bundle) as each:
        lists.same_content(each, lists.some_pages(lists.cursors(server)))
