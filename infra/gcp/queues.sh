#!/usr/bin/env bash
# Cloud Tasks: a queue for each of common/clients/tasks.py, its rates and retries, and who may put something in.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look queues tasks queues list --location="$DEPLOY_REGION"
take queues
rights queue
