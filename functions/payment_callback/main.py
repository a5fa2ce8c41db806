"""Payment callback: what DOKU and Midtrans tell us about invoices. Its own function, with its own secrets."""

from typing import Any

from common import auth
from common.api import Api
from common.intake import Request
from common.needs import Needs
from common.problems import MalformedRequest, NotFound, TooLarge

from . import notifications

api = Api("payment_callback", needs=Needs(min=1, secrets=("DOKU_SECRET_KEY", "MIDTRANS_SERVER_KEY"), uses=("enqueue",)))

REFUSALS = [NotFound, TooLarge, MalformedRequest, notifications.UnknownInvoice]


@api.post("/v1/subscriptions/payment-callback", caller=auth.doku, raises=REFUSALS)
def payment_callback(request: Request) -> Any:
    """Take a notification of DOKU; a 2xx says that it is stored, whatever becomes of it."""
    return notifications.take("doku", request)


@api.post("/v1/subscriptions/payment-callback/midtrans", caller=auth.midtrans, raises=REFUSALS)
def midtrans_callback(request: Request) -> Any:
    """Take a notification of Midtrans; a 2xx says that it is stored, whatever becomes of it."""
    return notifications.take("midtrans", request)


main = api.main()
