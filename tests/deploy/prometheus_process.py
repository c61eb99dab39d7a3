"""Programs under test, and a real Prometheus that scrapes them."""

import json
import pathlib
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import yaml


class Program:
    """A program that runs until the end of a with block. Its output goes to a file."""

    def __init__(self, log: pathlib.Path, *command):
        self.log = log
        self._command = [str(word) for word in command]
        self._process = None

    def __enter__(self):
        with self.log.open("w") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log)
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()

    def output(self) -> str:
        return self.log.read_text()

    def pid(self) -> int:
        return self._process.pid

    def running(self) -> bool:
        return self._process.poll() is None

    def end(self) -> int:
        """Ends it as an operator does, and returns its exit code."""
        self._process.terminate()
        return self._process.wait()

    def wait_for(self, pattern: str) -> re.Match:
        """Blocks until it has written what matches; fails where it ends without."""
        while True:
            ended = not self.running()
            if match := re.search(pattern, self.output()):
                return match
            if ended:
                raise RuntimeError(f"{self._command} ended:\n{self.output()}")
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Prometheus(Program):
    """Runs with the checked-in configuration, but for its targets and intervals."""

    def __init__(self, folder: pathlib.Path, config: pathlib.Path, targets: dict[str, str]):
        settings = yaml.safe_load(config.read_text())
        settings["global"] |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
        settings["global"]["evaluation_interval"] = "1s"
        settings["rule_files"] = [
            str(config.resolve().parent / name) for name in settings["rule_files"]
        ]
        for job in settings["scrape_configs"]:
            job["static_configs"] = [{"targets": [targets[job["job_name"]]]}]
            del job["dns_sd_configs"]
            # It names targets by what their names were, which these have not.
            del job["relabel_configs"]
        written = folder / "prometheus.yml"
        written.write_text(yaml.safe_dump(settings))
        self._address = f"127.0.0.1:{free_port()}"
        super().__init__(
            folder / "prometheus.log",
            "prometheus",
            f"--config.file={written}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address={self._address}",
        )

    def wait_until_ready(self) -> None:
        self.wait_for("Server is ready to receive web requests")

    def ask(self, path: str, **parameters) -> list:
        url = f"http://{self._address}/api/v1/{path}?" + urllib.parse.urlencode(parameters, doseq=True)
        try:
            with urllib.request.urlopen(url) as answer:
                data = json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            raise ValueError(json.load(error)["error"]) from None
        return data["result"] if isinstance(data, dict) else data

    def wait_for_data(self, query: str, needed: Program) -> None:
        """Blocks until there is data; fails where Prometheus or `needed` ends."""
        while not self.ask("query", query=query):
            for program in (self, needed):
                if not program.running():
                    raise RuntimeError(f"{program.log} ended:\n{program.output()}")
            time.sleep(0.2)
