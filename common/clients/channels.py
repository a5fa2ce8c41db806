"""gRPC channels that find back: to a service that was away, and from a connection that nobody is behind any more."""

from typing import Any

# gRPC waits up to two minutes before it connects anew, and shares a connection, a dead one too, with every new channel to the
# same place. Messages are as large as the services take them.
OPTIONS = [
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]


def transport(kind: Any, endpoint: str, host: str) -> Any:
    """A transport of the library's class `kind` to `host` as the account this runs as; to `endpoint` of the local stack without TLS and login."""
    import grpc

    channel = grpc.insecure_channel(endpoint, OPTIONS) if endpoint else kind.create_channel(f"{host}:443", options=OPTIONS)
    return kind(channel=channel, host=host)


def was_silent(error: BaseException | None) -> bool:
    """Whether a call ran out of time: its connection may be dead without knowing, and only a new channel makes a new one.

    So it is when all of the time went into tries: gRPC gives each try to connect twenty seconds, and what it tries at
    the end it waits for, though the service is back.
    """
    from google.api_core.exceptions import DeadlineExceeded, RetryError

    return isinstance(error, DeadlineExceeded | RetryError) or (error is not None and was_silent(error.__cause__))
