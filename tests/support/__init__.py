"""What several tests use: callers, people, stories."""
