#!/usr/bin/env bash
# Removes what deploy.sh makes again: gateway, schedule, queues, functions. Never data, keys or accounts.
# A queue's name stays taken for seven days after it is gone, so that queues are only paused; what waits in them waits on.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
look functions functions list --v2 --regions="$DEPLOY_REGION"
look configs api-gateway api-configs list --api=mamastoria
look apis-of-gateway api-gateway apis list
look gateways api-gateway gateways list --location="$DEPLOY_GATEWAY_REGION"
look queues tasks queues list --location="$DEPLOY_REGION"
look jobs scheduler jobs list --location="$DEPLOY_REGION"
take destroy
