"""`python -m infra.gcp TABLE [ARGUMENTS]`: what the scripts beside ask; steps are printed as a sentence, a tab and a command."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from common import clock
from infra.gcp import connections, database, functions, gateway, models, monitoring, place, removal, rights, secrets, steps, tables
from infra.gcp.place import here
from infra.gcp.steps import Step

STEPS: dict[str, Callable[..., list[Step]]] = {
    "apis": tables.apis,
    "accounts": tables.accounts,
    "secrets": secrets.steps,
    "queues": tables.queues,
    "buckets": tables.buckets,
    "scheduler": tables.scheduler,
    "instance": database.instance,
    "inside": database.inside,
    "config": gateway.config,
    "point": gateway.point,
    "tested": gateway.tested,
    "prune": gateway.prune,
    "metrics": monitoring.metrics,
    "channel": monitoring.channel,
    "budget": monitoring.budget,
    "rights": rights.steps,
    "destroy": removal.steps,
}

TEXTS: dict[str, Callable[..., object]] = {
    "needs": lambda: _needs(),
    "models": lambda: "\n".join(models.told(here().settings, clock.today())),
    "functions-of": lambda: "\n".join(place.needs()),
    "reading": lambda kind, *only: "\n".join(
        f"{name}\t{rights.reading(here(), kind, name)}" for name in rights.resources(here(), kind, only)
    ),
    "secrets-there": lambda: "\n".join(secrets.there()),
    "secrets-to-give": lambda: "\n".join(f"{each.name}\t{each.help}" for each in secrets.to_give()),
    "addresses": lambda: json.dumps(functions.addresses(here())),
    "logins": lambda: "\n".join(here().login(function) for function in place.needs()),
    "public-url": lambda: here().settings.get("PUBLIC_URL") or functions.public_url(),
    "previous": lambda: gateway.previous(),
    "serving": lambda: gateway.serving(),
    "back": lambda: gateway.back(),
    "option": lambda name: here().options[name],
    "version": lambda name: secrets.version(name),
    "settings": lambda: "\n".join(f"{name}={value}" for name, value in here().settings.items()),
    "connection-name": lambda: here().connection_name,
}


def _needs() -> str:
    """What the functions need, once the environment's file was read: what is wrong with it stops a run before its first step."""
    here()
    return place.needs_as_json()


def main() -> None:
    """Print the table that is asked for; what cannot be is said in a sentence."""
    table, *arguments = sys.argv[1:]
    try:
        if table in TEXTS:
            # An empty table has no line, for scripts read lines.
            if said := TEXTS[table](*arguments):
                print(said)
        elif table == "random":
            # Byte for byte what Secret Manager keeps: a newline would be a part of the key.
            sys.stdout.write(secrets.random(*arguments))
        elif table == "functions":
            steps.put(functions.steps(here(), arguments[1:], Path(arguments[0])))
        elif table == "alerts":
            steps.put(monitoring.alerts(here(), connections.check(here())))
        else:
            steps.put(STEPS[table](here(), *arguments))
    except (connections.TooFew, place.Wrong, ValueError) as error:
        sys.exit(f"{table}: {error}")


if __name__ == "__main__":
    main()
