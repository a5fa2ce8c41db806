"""The error catalogue: every problem that an operation may answer, in whose words, where, and what an app does about it.

Read from the route table when the document is made. The meaning is the first sentence of the problem's own docstring;
what to do follows from its name where that says more than its status.
"""

import inspect
import re
from typing import Any

from common.problems import Problem

# By status: what is right for every problem that says no more.
BY_STATUS = {
    400: "Show `detail` and let the person correct what they entered.",
    401: "Call /refresh once and repeat the request; if that answers 401 too, go to the sign-in page.",
    402: "Show `detail` and offer the packages.",
    403: "Show `detail`; repeating does not help.",
    404: "Take it off the screen and show `detail`; repeating does not help.",
    409: "Load the object again, show its present state and `detail`.",
    413: "Make the file smaller and send it again.",
    415: "Send what `detail` names.",
    422: "Show each entry of `errors` at its field (`loc`), or `detail` where there are none.",
    429: "Wait as many seconds as `Retry-After` says, then repeat; keep the button disabled until then.",
    500: "Show `detail` and let the person try again; a POST with the same Idempotency-Key is never done twice.",
    503: "Repeat after `Retry-After` seconds, at most three times, with the same Idempotency-Key; then show `detail`.",
}

BY_NAME = {
    "AgeRestricted": "Show `detail` and leave the comic closed.",
    "AlreadyRunning": "Show the running job's progress; it is the answer to this request too.",
    "BadHeader": "A mistake in the app: send a header of 1 to 255 printable characters.",
    "BelowMinimum": "Show `detail`; GET /v1/wallet says the smallest amount.",
    "Canceled": "Go back to the sign-in page without a message.",
    "Changed": "Repeat the request once.",
    "Conflict": "Load the object again and repeat once.",
    "CutOff": "Send the whole request again, with the same Idempotency-Key.",
    "HiddenByModerators": "Show `detail`; publishing again is not offered.",
    "InsufficientBalance": "Show `detail` and the available amount.",
    "InvalidCode": "Clear the code's field and offer a new code.",
    "InvalidCredentials": "Show `detail` at the password's field; do not call /refresh.",
    "InvalidGoogleToken": "Start the sign-in with Google anew; do not call /refresh.",
    "InvalidState": "Start the sign-in with Google anew.",
    "IsPublished": "Offer to unpublish the comic first.",
    "KeyReused": "A mistake in the app: make a new Idempotency-Key for each new request, and keep it for its repetitions only.",
    "MalformedRequest": "A mistake in the app: send valid JSON.",
    "NotExported": "Start the export again and download when it is done.",
    "NotRegistered": "Go to the registration with this number filled in.",
    "NotVerified": "Go to the page where the code is entered; /resend-verification sends another.",
    "OtherGoogleAccount": "Ask the person to choose the Google account that they signed in with before.",
    "PaymentsUnavailable": "Nothing was charged: show `detail` and let the person try again with the same Idempotency-Key.",
    "Problem": "Show `detail` and let the person try again; a POST with the same Idempotency-Key is never done twice.",
    "QuotaUsedUp": "Show `detail` and offer the packages.",
    "StillRemoving": "Repeat after `Retry-After` seconds.",
    "StillRunning": "Repeat the same request with the same key after `Retry-After` seconds.",
    "SubscriptionNeeded": "Show `detail` and offer the packages.",
    "Suspended": "Sign the person out and show `detail`.",
    "UnknownRedirect": "A mistake in the app: use a redirect address that operations have entered.",
    "UnsupportedMediaType": "A mistake in the app: set Content-Type to what `detail` names.",
    "UpdatesUsedUp": "Show `detail`; GET /profile/update-quota says when changes are possible again.",
    "WrongProof": "Show `detail` at the password's field.",
}


def catalogue(declared: dict[type[Problem], list[str]]) -> list[dict[str, Any]]:
    """One entry a problem, by status and name; one name may mean two things in two places, which have two entries."""
    entries = [_entry(problem, operations) for problem, operations in declared.items()]
    return sorted(entries, key=lambda each: (each["status"], each["error"], each["detail"]["en"]))


def _entry(problem: type[Problem], operations: list[str]) -> dict[str, Any]:
    meaning = (inspect.getdoc(problem) or "").partition("\n\n")[0].replace("\n", " ")
    return {
        "error": problem.__name__,
        "status": problem.status,
        "meaning": "Something broke on our side; it is logged and looked at." if problem is Problem else meaning,
        "detail": {"en": problem.detail.en, "id": problem.detail.id},
        # A place in the sentence is filled by a member of the reply, which a program can read.
        "members": sorted(set(re.findall(r"{(\w+)}", problem.detail.en)) - {"fields"}),
        "do": BY_NAME.get(problem.__name__) or BY_STATUS[problem.status],
        "operations": sorted(set(operations)),
    }
