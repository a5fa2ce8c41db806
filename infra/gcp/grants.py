"""What the functions' database users may do, given by the owner after each migration: `python -m infra.gcp.grants USER…`."""

import sys

from common.db import transaction

GROUP = "functions"

# Rows, never tables: only the owner changes the schema. What it makes later is covered too.
RIGHTS = """
grant usage on schema public to functions;
grant select, insert, update, delete on all tables in schema public to functions;
grant usage, select on all sequences in schema public to functions;
alter default privileges in schema public grant select, insert, update, delete on tables to functions;
alter default privileges in schema public grant usage, select on sequences to functions
"""


def grant(users: list[str]) -> list[str]:
    """Give `users` the functions' rights; the ones that were new to them. Raises what PostgreSQL raises when a user is missing."""
    with transaction() as db:
        if not db.value("select exists (select from pg_roles where rolname = :name)", name=GROUP):
            db.run(f"create role {GROUP} nologin")
        for statement in RIGHTS.split(";"):
            db.run(statement)
        members = (
            "select member.rolname from pg_auth_members join pg_roles member on member.oid = member join pg_roles up on up.oid = roleid"
        )
        there = {row.rolname for row in db.all(f"{members} where up.rolname = :name", name=GROUP)}
        new = [user for user in users if user not in there]
        for user in new:
            quoted = user.replace('"', '""')
            db.run(f'grant {GROUP} to "{quoted}"')
    return new


if __name__ == "__main__":
    print(f"    {len(grant(sys.argv[1:]))} users are new among the functions'")
