"""Runs `./millrace up` for a benchmark, on ports and a data directory of its own."""

import os
import re
import shlex
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_PATIENCE = 300


class Failed(Exception):
    """The benchmark cannot go on; the message says why."""


class Stack:
    """A stack on a project, from READY to a clean end."""

    def __init__(self, project, place, port_offset, environment):
        self.project = project
        self.data = place / "data"
        self.log = place / "up.log"
        self.port_offset = port_offset
        self.environment = environment
        self.process = None

    def __enter__(self):
        arguments = ["--project", self.project, "--data", self.data]
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                ["./millrace", "up", *arguments, "--port-offset", str(self.port_offset)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_PATIENCE
        while not re.search(r"^READY\b", self.log.read_text(encoding="utf-8"), re.MULTILINE):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise Failed(f"the stack did not become ready; see {self.log}")
            time.sleep(0.5)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(90)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def addresses(self):
        """What `./millrace env` says."""
        printed = subprocess.run(
            ["./millrace", "env", "--data", self.data],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        return dict(word.split("=", 1) for word in shlex.split(printed) if "=" in word)

    def pid(self, component):
        """The process of a component, if it is there at the moment."""
        try:
            pid = int((self.data / "run" / f"{component}.pid").read_text().split()[0])
            os.kill(pid, 0)
            return pid
        except (OSError, ValueError, IndexError):
            return None
