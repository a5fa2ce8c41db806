"""Do the tests bite: faults planted one at a time, each of which the ordinary suite has to notice: `python -m tests.planted`."""
