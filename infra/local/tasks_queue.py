"""One queue of the local Cloud Tasks: what waits in it, and the threads that deliver it."""
