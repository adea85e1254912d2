"""What the benches share: a scratch folder, ports, programs in C, daemons and what /proc tells of them, tables, reports.

Everything is started on 127.0.0.1 and ends with the bench, however that ends: what is started here is killed by the
kernel when the bench dies, and a daemon that forks away lives under holder.py, which ends it when its input ends.
"""
import contextlib, ctypes, datetime, json, os, pathlib, platform, shutil, signal, socket, ssl, statistics, subprocess, sys
import tempfile, time, urllib.request

BENCH = pathlib.Path(__file__).resolve().parent
ROOT = BENCH.parent
PEERS = pathlib.Path(os.environ.get("HAPPO_PEERS_FOLDER", "/var/cache/happo-peers"))
TICKS = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)
ANY_CERTIFICATE = ssl._create_unverified_context()
STARTED = []  # processes


def complain(text):
    sys.exit(f"bench {pathlib.Path(sys.argv[0]).parent.name}: {text}")


# Options, the folder to work in, the report


def add_options(parser, name):
    parser.add_argument("--json", default=str(ROOT / f"bench/target/{name}.json"), help="where all figures go")
    parser.add_argument("--agent", metavar="DIR", type=pathlib.Path, help="another distribution (dist/target/happo)",
                        default=pathlib.Path(os.environ.get("HAPPO_BENCH_AGENT") or ROOT / "dist/target/happo"))


def program(options, name):
    """A program of the distribution that is measured."""
    path = options.agent.resolve() / "bin" / name
    if not os.access(path, os.X_OK):
        complain(f"{path} is not there: build it with ./happo dist, or name a distribution with --agent DIR")
    return str(path)


def need_real_nrpe():
    if not (PEERS / "nrpe").exists():
        complain(f"{PEERS}/nrpe is not there: run tools/install-peers.sh as root")


def need(*names):
    for name in names:
        if not shutil.which(name):
            complain(f"the program '{name}' is missing: install it, or run tools/install-peers.sh as root")


@contextlib.contextmanager
def scratch(name):
    """A folder that goes away again, also when the bench is told to end."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _: sys.exit(128 + got))
    home = pathlib.Path(tempfile.mkdtemp(prefix=f"happo-bench-{name}-"))
    home.chmod(0o755)  # nrpe reads its files as the user it becomes
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def write_report(path, report):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n")
    print(report["markdown"])
    print(f"\nall figures: {path}")


def machine():
    """What is measured on, in words that travel; to be asked before the first measurement."""
    load = round(os.getloadavg()[0], 1)
    if is_busy(load, os.cpu_count()):
        print(f"the machine has other work (load average {load}): the figures will be rough", file=sys.stderr)
    virtual = any(line.startswith("flags") and " hypervisor" in line for line in open("/proc/cpuinfo"))
    return {"cores": os.cpu_count(), "kind": platform.machine() + (", virtual" if virtual else ""),
            "date": datetime.date.today().isoformat(), "load": load}


def is_busy(load, cores):
    return load > cores / 4


# Tables


def ratio(ours, theirs):
    return f"{ours / theirs:.2f}" if theirs else "-"


def table(*rows):
    lines = ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def bar(name, value, limit, unit, at_least=False):
    return {"name": name, "value": value, "limit": limit, "unit": unit, "at_least": at_least,
            "pass": value >= limit if at_least else value <= limit}


def bars_table(bars):
    return table(("bar", "measured", "limit", ""), *(
        (one["name"], f"{one['value']:,g} {one['unit']}".strip(),
         f"{'≥' if one['at_least'] else '≤'} {one['limit']:,g} {one['unit']}".strip(),
         "pass" if one["pass"] else "**FAIL**") for one in bars))


def end_by(bars):
    """Exit 1 that names the bars which were not kept."""
    failed = [one["name"] for one in bars if not one["pass"]]
    if failed:
        complain("not kept: " + "; ".join(failed))


def progress(mark="."):
    print(mark, end="", file=sys.stderr, flush=True)


# Things to start


def free_port():
    """Below the range from which clients get theirs."""
    free_port.last = getattr(free_port, "last", 12_000 + os.getpid() % 5_000)
    while True:
        free_port.last += 1
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", free_port.last))
                return free_port.last
            except OSError:
                continue


def write_script(path, text):
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return path


def compile_c(home, name, *libraries):
    """A program of bench/src."""
    need("cc")
    run = subprocess.run(["cc", "-O2", "-o", str(home / name), str(BENCH / f"src/{name}.c"),
                          *(f"-l{library}" for library in libraries), "-lpthread"], capture_output=True, text=True)
    if run.returncode:
        complain(f"bench/src/{name}.c cannot be compiled (it needs the headers of OpenSSL): {run.stderr.strip()}")
    return str(home / name)


def compile_java(home, name, distribution):
    """The classes of bench that a main class needs, compiled against a distribution; their folder."""
    javac = pathlib.Path(os.environ.get("JAVA_HOME", "")) / "bin/javac"
    if not javac.exists():
        complain("no JDK: set JAVA_HOME to a JDK 25")
    libraries = ":".join(str(path) for path in (distribution.resolve() / "lib").glob("*.jar"))
    source = BENCH / "src/main/java"
    run = subprocess.run([str(javac), "-nowarn", "-proc:none", "-cp", f"{libraries}", "-sourcepath", str(source),
                          "-d", str(home / "classes"), str(source / f"{name.replace('.', '/')}.java")],
                         capture_output=True, text=True)
    if run.returncode:
        complain(f"{name} cannot be compiled: {run.stderr.strip()}")
    return home / "classes"


def make_certificate(home):
    need("openssl")
    subprocess.run("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=bench"
                   " -addext subjectAltName=IP:127.0.0.1"
                   f" -keyout {home}/server.key -out {home}/server.pem".split(), check=True, stderr=subprocess.DEVNULL)
    (home / "server.key").chmod(0o644)  # the real nrpe reads it as the user it becomes


def start(argv, before=lambda: None, **more):
    """Starts a program that the kernel kills when this one dies; Ctrl-C reaches this one alone. `before` is called in the
    new process, right before it becomes the program."""

    def prepare():
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        before()

    process = subprocess.Popen([str(word) for word in argv], start_new_session=True, preexec_fn=prepare, **more)
    STARTED.append(process)
    return process


def end_started():
    """At once, for a bench that waits for them in threads."""
    for process in STARTED:
        if process.poll() is None:
            process.kill()


def start_load(argv):
    return start(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish_load(process, seconds):
    """The JSON that a load program prints at its end."""
    try:
        out, complaint = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        complain(f"{' '.join(process.args)} did not end within {seconds:.0f} s more than it should")
    if not out.startswith("{"):
        complain(f"{' '.join(process.args)} failed: {complaint.strip()}")
    return json.loads(out) | {"complaint": complaint.strip()}


def run_load(argv, seconds=120):
    return finish_load(start_load(argv), seconds)


class Agent:
    """A packaged happo-agent, started through its launcher in a folder of its own. `started_ms` is the time from there to
    the first good answer of GET /."""

    def __init__(self, options, https_load, folder, *more):
        self.folder, self.port = folder, free_port()
        folder.mkdir(exist_ok=True)
        (folder / "metrics.yaml").touch()
        self.argv = [program(options, "happo-agent"), "daemon", "--port", str(self.port), *map(str, more)]
        self.https_load = https_load

    def __enter__(self):
        asking = start_load([self.https_load, "-p", self.port, "-x", "OK", "--await", START_SECONDS])
        time.sleep(0.1)  # it asks by now
        told, tell = os.pipe()
        with open(self.folder / "stderr", "w") as stderr:
            self.process = start(self.argv, before=lambda: os.write(tell, b"%.6f" % time.monotonic()), cwd=self.folder,
                                 stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        self.pid, begin = self.process.pid, float(os.read(told, 32))
        os.close(told)
        os.close(tell)
        while asking.poll() is None and self.process.poll() is None:
            time.sleep(0.02)
        if self.process.poll() is not None:
            asking.kill()
            self.fail("ended while it started")
        self.started_ms = (finish_load(asking, START_SECONDS)["answered_at"] - begin) * 1000
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()

    def fail(self, what):
        complain(f"the agent {what}; it said: " + (self.folder / "stderr").read_text()[-2000:].strip())

    def ask(self, path, body=None):
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", body and body.encode())
        with urllib.request.urlopen(request, timeout=30, context=ANY_CERTIFICATE) as answer:
            return json.load(answer)


class Held:
    """A daemon under holder.py, which sees all that comes from it."""

    def __init__(self, name, command, folder, port):
        self.name, self.port = name, port
        self.log = open(folder / "output", "w")
        self.holder = subprocess.Popen([sys.executable, "-B", str(BENCH / "holder.py"), *command], cwd=folder, text=True,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                       start_new_session=True)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.end()
        complain(f"{name} does not answer; it said: " + (folder / "output").read_text()[-2000:])

    def ask(self, word):
        self.holder.stdin.write(word + "\n")
        self.holder.stdin.flush()
        return json.loads(self.holder.stdout.readline())

    def end(self):
        try:
            self.holder.stdin.write("end\n")
            self.holder.stdin.close()
        except OSError:
            pass
        self.holder.wait()
        self.log.close()


class MemoryGroup:
    """A control group of the kernel's that counts all memory of the processes in it, the kernel's own for them too.

    `usable` is False where there is none for us: then nothing is counted.
    """

    def __init__(self, name):
        self.path, self.usable = None, False
        for root, usage in (("/sys/fs/cgroup/memory", "memory.usage_in_bytes"), ("/sys/fs/cgroup", "memory.current")):
            path = pathlib.Path(root, f"happo-bench-{os.getpid()}-{name.replace(' ', '-')}")
            try:
                path.mkdir()
            except OSError:
                continue
            if (path / usage).exists():
                self.path, self.usage, self.usable = path, path / usage, True
                return
            path.rmdir()

    def within(self, command):
        """A command that runs in this group."""
        if not self.usable:
            return command
        return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(self.path), *command]

    def kib(self):
        return int(self.usage.read_text()) // 1024 if self.usable else None

    def remove(self):
        if self.usable:
            try:
                self.path.rmdir()
            except OSError:
                pass  # a process of it has not gone yet; an empty group costs nothing


def nrpe_config(folder, port, commands, *more, becomes="nobody"):
    """An nrpe.cfg for a daemon on 127.0.0.1, which becomes another user when it is root."""
    lines = [f"server_port={port}", "server_address=127.0.0.1", "allowed_hosts=127.0.0.1", "command_timeout=60"]
    lines += [f"command[{name}]={line}" for name, line in commands.items()]
    if os.getuid() == 0 and becomes:
        lines += [f"nrpe_user={becomes}", "nrpe_group=nogroup"]
    path = folder / "nrpe.cfg"
    path.write_text("\n".join([*lines, *more]) + "\n")
    return str(path)


# What /proc tells


def cpu(pid):
    """Seconds of CPU that a process, and the children it has waited for, have used."""
    text = open(f"/proc/{pid}/stat", encoding="latin-1").read()
    rest = text[text.rindex(")") + 2:].split()
    return (int(rest[11]) + int(rest[12])) / TICKS, (int(rest[13]) + int(rest[14])) / TICKS


def usage(pid):
    """Memory in KB, threads and descriptors of a process."""
    status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
    rollup = dict(line.split(":", 1) for line in open(f"/proc/{pid}/smaps_rollup").readlines()[1:])
    number = lambda text: int(text.split()[0])
    return {"rss_kb": number(status["VmRSS"]), "pss_kb": number(rollup["Pss"]), "peak_rss_kb": number(status["VmHWM"]),
            "private_kb": number(rollup["Private_Dirty"]), "threads": number(status["Threads"]),
            "descriptors": len(os.listdir(f"/proc/{pid}/fd"))}


def disk_kb(folder):
    """What a folder takes on the disk, as du counts it."""
    files = [path.lstat() for path in [folder, *folder.rglob("*")] if path.exists()]
    return sum(one.st_blocks for one in files) / 2


def median(values):
    return statistics.median(values)
