"""The same list, written the ways one would write it elsewhere; each is a server of its own."""
