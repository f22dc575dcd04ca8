"""Runs a program, and ends it when whoever started us is gone: our input is closed then, however they ended.

    leash.py PROGRAM ARGUMENTS…
"""

import signal
import subprocess
import sys
import threading

child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)


def end(*_):
    child.terminate()
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()


def follow():
    sys.stdin.buffer.read()
    end()


for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, end)
threading.Thread(target=follow, daemon=True).start()
sys.exit(child.wait() & 0xFF)
