#!/usr/bin/env bash
# Cloud Scheduler calls the worker at the times of infra/schedule.py, with a token made out to it.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look functions functions list --v2 --regions="$DEPLOY_REGION"
table addresses >"$DEPLOY_RUN/addresses.state"
look jobs scheduler jobs list --location="$DEPLOY_REGION"
take scheduler
