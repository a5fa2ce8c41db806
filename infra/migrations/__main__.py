"""Bring the database to the head: what deploy.sh and the local stack run."""

from infra.migrations import upgrade

if __name__ == "__main__":
    upgrade()
