"""A packaged happo-hub and its REST API, for the benches that need one."""
import http.client, json, os, pathlib, ssl, subprocess, time

from common import ROOT, complain, cpu, free_port, start


def add_hub_option(parser):
    parser.add_argument("--hub", metavar="DIR", type=pathlib.Path, help="another distribution of the hub (dist/target/happo-hub)",
                        default=ROOT / "dist/target/happo-hub")


class Hub:
    """A packaged happo-hub, started through its launcher, with its data in a folder."""

    def __init__(self, options, folder, agents, *more):
        self.port, self.data, self.folder = free_port(), folder / "data", folder
        self.program = str(options.hub.resolve() / "bin/happo-hub")
        if not os.access(self.program, os.X_OK):
            complain(f"{self.program} is not there: build it with ./happo dist, or name a distribution with --hub DIR")
        self.argv = [self.program, "serve", "--data", self.data, "--port", self.port, "--listen-address", "127.0.0.1",
                     "--public-url", f"https://127.0.0.1:{self.port}", "--max-agents", agents + 100, *more]

    def __enter__(self):
        begin = time.monotonic()
        with open(self.folder / "stderr", "a") as stderr:
            self.process = start(self.argv, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        self.pid = self.process.pid
        while True:
            if self.process.poll() is not None or time.monotonic() > begin + 60:
                complain("the hub does not start; it said: " + (self.folder / "stderr").read_text()[-2000:])
            try:
                self.connect()
                break
            except OSError:
                time.sleep(0.02)
        self.started_ms = (time.monotonic() - begin) * 1000
        return self

    def connect(self):
        """A connection that nobody used for a while is closed by the hub: this makes a new one."""
        self.token = json.loads((self.data / "client.json").read_text())["token"]
        self.api = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=ssl._create_unverified_context())
        self.ask("GET", "/v1/agents")

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def ask(self, method, path, body=None):
        self.api.request(method, path, body and json.dumps(body), {"Authorization": f"Bearer {self.token}"})
        answer = self.api.getresponse()
        text = answer.read().decode()
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status} {text.strip()}")
        return json.loads(text) if text else {}

    def join_token(self):
        line = subprocess.run([self.program, "token", "create", "--approve", "--uses", "0", "--profile", self.data / "client.json"],
                              capture_output=True, text=True, check=True).stdout
        return line.split()[-1].strip("'")

    def cpu(self):
        return cpu(self.pid)[0]
