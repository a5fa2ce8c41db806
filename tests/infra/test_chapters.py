"""The commands of the README's chapters can be given one after the other."""

import re
import subprocess

import pytest

from infra.routes import ROOT

BLOCKS = re.findall(r"^```bash\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_a_shell_reads_every_block(block):
    assert subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False).stderr == ""


def test_the_chapters_after_the_story_go_on_with_a_token_that_still_opens_something():
    [story] = [block for block in BLOCKS if "send POST /logout" in block]
    assert re.findall(r"^(TOKEN=|send POST /logout)", story, re.MULTILINE)[-1] == "TOKEN="
    assert all(BLOCKS.index(story) <= place for place, block in enumerate(BLOCKS) if "$TOKEN" in block)
