"""What `deploy.sh destroy` takes away: only what has no data in it and can be made again at once."""

from common.clients.tasks import QUEUES
from infra.gcp.place import GATEWAY, Place, needs, service
from infra.gcp.steps import Step, gcloud, names, state
from infra.gcp.tables import job_name
from infra.schedule import SCHEDULE


def steps(place: Place) -> list[Step]:
    """From the outside inwards: nobody calls any more before what is called goes."""
    near, far = f"--location={place.region}", f"--location={place.gateway_region}"
    found = []
    if GATEWAY in names(state("gateways")):
        found.append(gcloud(f"remove gateway {GATEWAY}", "api-gateway", "gateways", "delete", GATEWAY, far))
    for config in sorted(names(state("configs"))):
        found.append(gcloud(f"remove configuration {config}", "api-gateway", "api-configs", "delete", config, f"--api={GATEWAY}"))
    if GATEWAY in names(state("apis-of-gateway")):
        found.append(gcloud(f"remove API {GATEWAY}", "api-gateway", "apis", "delete", GATEWAY))
    for job in sorted({job_name(tick) for tick in SCHEDULE} & names(state("jobs"))):
        found.append(gcloud(f"remove schedule {job}", "scheduler", "jobs", "delete", job, near))
    for queue in sorted(set(QUEUES) & names(state("queues"))):
        found.append(gcloud(f"pause queue {queue}", "tasks", "queues", "pause", queue, near))
    for function in sorted({service(name) for name in needs()} & names(state("functions"))):
        found.append(gcloud(f"remove function {function}", "functions", "delete", function, "--gen2", f"--region={place.region}"))
    return found
