"""Scripts of operations and of the local stack; never deployed with a function."""
