#!/usr/bin/env bash
# monitoring.sh metrics|alerts: metrics from the log; alerts on them and on the platform's own, uptime checks and the budget.
# shellcheck source=infra/gcp/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# Up to ten minutes pass before a new metric is known to alerts: they come last, and metrics first.
if [ "$1" = metrics ]; then
  look metrics logging metrics list
  take metrics
  exit
fi
look gateways api-gateway gateways list --location="$DEPLOY_GATEWAY_REGION"
look channels beta monitoring channels list
take channel
look channels beta monitoring channels list
look policies alpha monitoring policies list
look uptime monitoring uptime list-configs
take alerts
[ -n "$(table option DEPLOY_ALERT_EMAIL)" ] || echo "  - DEPLOY_ALERT_EMAIL is not set: alerts are made, and nobody is told of them"
billing="$(table option DEPLOY_BILLING_ACCOUNT)"
if [ -n "$billing" ]; then
  look budgets billing budgets list --billing-account="$billing"
  take budget
else
  echo "  - DEPLOY_BILLING_ACCOUNT is not set: no budget is made"
fi
