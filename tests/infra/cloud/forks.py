"""The real gcloud, kept loaded: each command runs in a fork of one process instead of loading everything anew.

Run by the SDK's own Python: `python -S forks.py SOCKET SDK`. Loading takes gcloud two seconds and a deployment is some
three hundred commands. Nothing of gcloud is replaced but its pauses, since nothing here has to be waited for: a fork gets the
command's arguments, environment, folder and streams, and runs its main function. What one command loads, the parent
loads for those after it.
"""

import gc
import importlib
import json
import os
import socket
import sys
import time
import traceback


def main() -> None:
    place, sdk = sys.argv[1:3]
    sys.path[:0] = [f"{sdk}/lib/third_party", f"{sdk}/lib"]
    from googlecloudsdk import gcloud_main

    pause = time.sleep
    time.sleep = lambda seconds: pause(min(seconds, 0.02))
    cli = gcloud_main.CreateCLI([])
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(place)
    listening.listen(64)
    while True:
        learn(f"{place}.loaded")
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            serve(connection, f"{place}.loaded", lambda: gcloud_main.main(cli))
        connection.close()
        reap()


def learn(file: str) -> None:
    """Load what commands have loaded since the last look."""
    if not os.path.exists(file):
        return
    with open(file) as loaded:
        names = loaded.read().split()
    os.unlink(file)
    for name in names:
        try:
            importlib.import_module(name)
        except Exception:
            continue  # It loads only where the command wants it, and goes on doing so.


def reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def serve(connection: socket.socket, file: str, run) -> None:
    """One command in this fork; its exit status goes back, and the fork ends."""
    become(connection)
    before, code = set(sys.modules), 1
    try:
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    if new := set(sys.modules) - before:
        with open(file, "a") as loaded:
            loaded.write("\n".join(new) + "\n")
    connection.send(bytes([code & 255]))
    os._exit(0)


def become(connection: socket.socket) -> None:
    """Take the caller's arguments, environment, folder and streams."""
    text, streams, _, _ = socket.recv_fds(connection, 1 << 20, 3)
    size, text = int.from_bytes(text[:4], "big"), text[4:]
    while len(text) < size:
        text += connection.recv(1 << 20)
    asked = json.loads(text)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv[:] = ["gcloud", *asked["arguments"]]


main()
