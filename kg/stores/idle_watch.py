"""Ends an idle graph server: started beside it, with nothing but the standard library."""

import os
import signal
import sys
import time


def watch(pid: int, used: str, minutes: float) -> None:
    """Send SIGTERM to `pid` once the file `used` has not been touched for that long, or is gone; end with the
    server.
    """
    while True:
        time.sleep(min(15.0, minutes * 20))
        try:
            os.kill(pid, 0)
        except OSError:
            return
        try:
            idle = time.time() - os.stat(used).st_mtime
        except OSError:
            # Its home was deleted: nobody can find the server any more.
            idle = float("inf")
        if idle > minutes * 60:
            os.kill(pid, signal.SIGTERM)
            return


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
