"""Starting a draft's work while something else happens to the same comic."""

import pytest

from common import db
from common.comics import states
from functions.drafts import generation
from tests.support import stories, waiting


def started(comic):
    with db.transaction() as starting:
        return generation.start(starting, comic)


def test_a_second_start_waits_for_the_first_and_is_given_its_job(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    with db.transaction() as starting:
        first = generation.start(starting, comic)
        second = waiting.beside(lambda: started(comic))
        assert second.waits
    assert second.end() == first


def test_a_start_that_waited_for_a_publication_changes_nothing_that_readers_see(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    with db.transaction() as publishing:
        states.lock(publishing, comic)
        publishing.run("update comics set published_at = now() where id = :comic", comic=comic)
        start = waiting.beside(lambda: started(comic))
        assert start.waits
    with pytest.raises(states.IsPublished):
        start.end()
