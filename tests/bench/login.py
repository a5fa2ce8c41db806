"""What a login costs beside the bare password hash: `python -m tests.bench.login`.

One person signs in again and again, through the gateway and the real rules, on an otherwise idle
machine; then the hash alone is computed as often. Both are printed in milliseconds.
"""

import statistics

from tests.bench.alone import api_on_its_own, timed
from tests.support import people


def main() -> None:
    """Print the login, the hash and what is left when the one is taken from the other."""
    with api_on_its_own() as api:
        siti = people.signed_in(api)
        body = {"identifier": siti.user["email"], "password": people.PASSWORD, "device_id": "bench-install-0001"}
        from common import passwords

        stored = passwords.hashed(people.PASSWORD)
        logins = timed(lambda: api.post("/login", body, expect=200))
        hashes = timed(lambda: passwords.matches(people.PASSWORD, stored))
    for name, times in (("login", logins), ("argon2id", hashes)):
        print(f"{name:9} median {statistics.median(times):6.1f} ms   p95 {statistics.quantiles(times, n=20)[18]:6.1f} ms")
    print(f"{'beside':9} median {statistics.median(logins) - statistics.median(hashes):6.1f} ms")


if __name__ == "__main__":
    main()
