#!/usr/bin/env python3
"""What it costs to keep what a fleet measures, and to draw it: SQLite and PostgreSQL beside Debian's Prometheus.

  ./happo bench metrics [--quick] [--at-once] [--only ENGINE] [--agents N] [--days N] [--hub DIR] [--json FILE]

1,000 agents with 50 series each, one value a minute for 30 days, then a day live. Exit 1 when a bar is not kept.
See bench/README.md for what is measured and how to read it.
"""
import argparse, concurrent.futures, contextlib, json, os, pathlib, pwd, random, shutil, ssl, subprocess, sys, time
import urllib.error, urllib.parse, urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (PEERS, ROOT, add_options, bar, bars_table, compile_java, complain, cpu, disk_kb, end_by, end_started, free_port, machine,
                    progress, ratio, run_load, scratch, start, table, usage, write_report)

SERIES = 50
MINUTE, DAY = 60, 86_400
WEEK_GRAPHS, HOST_BOARDS, FLEET_BOARDS = 200, 40, 10
POINTS = 300
LOAD_SECONDS = 6 * 3_600  # that one may take
GRAPHS = 12  # of a dashboard
AT_ONCE = 4  # that a browser asks for
NAMES = [f"{kind}.{number}" for number in range(2) for kind in (
    "cpu.percent", "disk.percent", "net.bytes", "disk.bytes", "procs.count", "memory.bytes")]
POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")
ENGINES = ("sqlite", "postgresql", "prometheus")


def written(pid):
    """Bytes that a process has sent to the disk."""
    for line in open(f"/proc/{pid}/io"):
        if line.startswith("write_bytes:"):
            return int(line.split()[1])


def share(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def spread(seconds):
    return {"p50_ms": round(share(seconds, 0.5) * 1000, 1), "p95_ms": round(share(seconds, 0.95) * 1000, 1),
            "most_ms": round(max(seconds) * 1000, 1), "count": len(seconds)}


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


class Postgres:
    """A server of its own, as the user postgres where this one is root."""

    def __init__(self, folder):
        self.data, self.port, self.folder = folder / "postgresql", free_port(), folder
        if not POSTGRES.exists():
            complain(f"{POSTGRES} is not there: run tools/install-peers.sh as root")

    def become(self):
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)

    def __enter__(self):
        self.data.mkdir()
        if os.getuid() == 0:
            shutil.chown(self.data, "postgres", "postgres")
        subprocess.run([POSTGRES / "initdb", "-D", self.data, "-A", "trust", "-U", "happo", "-E", "UTF8", "--locale=C.UTF-8"], check=True,
                       preexec_fn=self.become, cwd="/", stdout=subprocess.DEVNULL)
        settings = {"listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": "", "shared_buffers": "512MB",
                    "max_wal_size": "2GB", "checkpoint_timeout": "15min"}
        self.process = start([POSTGRES / "postgres", "-D", self.data, *(word for name, value in settings.items()
                                                                          for word in ("-c", f"{name}={value}"))],
                             before=self.become, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"jdbc:postgresql://127.0.0.1:{self.port}/happo?user=happo"
        for _ in range(300):
            made = self.sql("CREATE DATABASE happo", "postgres")
            if made.returncode == 0:
                return self
            time.sleep(0.1)
        complain(f"PostgreSQL does not start: {made.stderr}")

    def sql(self, words, database="happo"):
        return subprocess.run([POSTGRES / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "happo", "-d", database, "-tAc", words],
                              capture_output=True, text=True, cwd="/")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(120)


class Ours:
    """The hub's store in one of its engines."""

    def __init__(self, options, folder, classes, engine):
        self.options, self.folder, self.classes, self.engine = options, folder / engine, classes, engine
        self.folder.mkdir()
        self.data = self.folder / "data"
        self.data.mkdir(mode=0o700)
        self.hub = options.hub.resolve()
        self.server = None

    def __enter__(self):
        if self.engine == "postgresql":
            self.server = Postgres(self.folder).__enter__()
        return self

    def __exit__(self, *_):
        if self.server:
            self.server.__exit__()

    def load(self, end, days, how):
        url = self.server.url if self.server else f"sqlite:{self.data}"
        libraries = ":".join(str(path) for path in (self.hub / "lib").glob("*.jar"))
        return run_load([self.hub / "runtime/bin/happo-hub", "-Xmx2g", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED",
                         "--sun-misc-unsafe-memory-access=allow", f"-Djava.library.path={self.hub / 'lib'}", "-cp",
                         f"{self.classes}:{libraries}", "io.happo.bench.MetricLoad", url, self.options.agents, SERIES, end, days, how],
                        LOAD_SECONDS)

    def fill(self, end, days):
        report = {"bulk": self.timed_load(end - self.options.live * DAY, days, "bulk"),
                  "live": self.timed_load(end, self.options.live, "live"),
                  "disk_bytes": self.disk()}
        return report | {"levels": self.levels()}

    def timed_load(self, end, days, how):
        before = self.server_cpu()
        load = self.load(end, days, how)
        load["cpu_us_each"] = round(load["cpu_us_each"] + (self.server_cpu() - before) * 1e6 / load["values"], 3)
        progress(f"\n{self.engine}, {how}: {load['per_second']:,.0f} a second, {load['cpu_us_each']} µs of CPU each\n")
        return load

    def server_cpu(self):
        return sum(cpu(self.server.process.pid)) if self.server else 0

    def disk(self):
        if self.server:
            self.server.sql("VACUUM; CHECKPOINT")
            return int(self.server.sql("SELECT pg_database_size('happo')").stdout)
        return sum(path.stat().st_size for path in self.data.glob("hub.db*"))

    def levels(self):
        """Bytes of each level, with what the engine puts around them."""
        found = {}
        if self.server:
            rows = self.server.sql("SELECT relname, pg_total_relation_size(oid) FROM pg_class"
                                   " WHERE relkind = 'r' AND relname LIKE 'samples%'").stdout.split()
            rows = [line.split("|") for line in rows]
        else:
            import sqlite3
            with sqlite3.connect(f"file:{self.data / 'hub.db'}?mode=ro", uri=True) as store:
                rows = store.execute("SELECT name, sum(pgsize) FROM dbstat WHERE name LIKE 'samples%' GROUP BY 1").fetchall()
        for name, size in rows:
            level = name.split("_")[1]
            found[level] = found.get(level, 0) + int(size)
        return found

    def serve(self):
        self.port = free_port()
        argv = [self.hub / "bin/happo-hub", "serve", "--data", self.data, "--port", self.port, "--listen-address", "127.0.0.1",
                "--public-url", f"https://127.0.0.1:{self.port}"]
        if self.server:
            argv += ["--store", self.server.url]
        with open(self.folder / "stderr", "a") as stderr:
            self.process = start(argv, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        for _ in range(600):
            try:
                self.token = json.loads((self.data / "client.json").read_text())["token"]
                self.ask("/v1/agents?limit=1")
                return
            except urllib.error.HTTPError as e:
                complain(f"the hub answers {e.code}: {e.read().decode()}")
            except (OSError, KeyError):
                time.sleep(0.1)
        complain("the hub does not start: " + (self.folder / "stderr").read_text()[-2000:])

    def ask(self, path):
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {self.token}"})
        with urllib.request.urlopen(request, context=ssl._create_unverified_context(), timeout=60) as answer:
            return json.load(answer)

    def graph(self, name, begin, end, agent=None):
        about = {"metric": name, "from": begin * 1000, "to": end * 1000, "points": POINTS}
        about |= {"agent": agent} if agent else {"aggregate": "avg"}
        found = self.ask("/v1/metrics/query?" + urllib.parse.urlencode(about))["series"]
        return len(found[0]["values"]) if found else 0

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class Prometheus:
    """Debian's, filled by remote write."""

    engine = "prometheus"

    def __init__(self, options, folder, classes, _):
        self.options, self.folder, self.classes = options, folder / "prometheus", classes
        self.folder.mkdir()
        found = [path for path in (PEERS / "prometheus", pathlib.Path("/usr/bin/prometheus")) if path.exists()]
        if not found:
            complain("Prometheus is not there: run tools/install-peers.sh as root")
        self.program, self.port = found[0], free_port()
        self.hub = options.hub.resolve()

    def __enter__(self):
        (self.folder / "prometheus.yml").write_text("global: {scrape_interval: 1m}\n")
        self.process = start([self.program, f"--config.file={self.folder / 'prometheus.yml'}", f"--storage.tsdb.path={self.folder / 'data'}",
                              "--storage.tsdb.retention.time=60d", f"--web.listen-address=127.0.0.1:{self.port}",
                              "--web.enable-remote-write-receiver"], stdout=subprocess.DEVNULL, stderr=open(self.folder / "stderr", "a"))
        for _ in range(300):
            try:
                self.ask("/-/ready")
                return self
            except OSError:
                time.sleep(0.1)
        complain("Prometheus does not start: " + (self.folder / "stderr").read_text()[-2000:])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(120)

    def fill(self, end, days):
        load = self.load(end - self.options.live * DAY, days)
        progress(f"\nprometheus: {load['per_second']:,.0f} a second, {load['cpu_us_each']} µs of CPU each\n")
        self.load(end, self.options.live)
        quiet_since, size = time.monotonic(), 0
        while time.monotonic() - quiet_since < 20:  # It compacts on for a while.
            now = disk_kb(self.folder / "data")
            quiet_since, size = (quiet_since, size) if now == size else (time.monotonic(), now)
            time.sleep(1)
        blocks = sum(disk_kb(path) for path in (self.folder / "data").iterdir() if (path / "meta.json").exists()) * 1024
        in_blocks = sum(json.loads((path / "meta.json").read_text())["stats"]["numSamples"] for path in (self.folder / "data").iterdir()
                        if (path / "meta.json").exists())
        return {"bulk": load, "live": None, "disk_bytes": disk_kb(self.folder / "data") * 1024, "levels": {"raw": blocks}, "raw_values": in_blocks}

    def load(self, end, days):
        libraries = ":".join(str(path) for path in (self.hub / "lib").glob("*.jar"))
        before = sum(cpu(self.process.pid))
        load = run_load([self.hub / "runtime/bin/happo-hub", "-Xmx1g", "-cp", f"{self.classes}:{libraries}", "io.happo.bench.PrometheusLoad",
                         f"http://127.0.0.1:{self.port}", self.options.agents, SERIES, end, days], LOAD_SECONDS)
        return load | {"cpu_us_each": round((sum(cpu(self.process.pid)) - before) * 1e6 / load["values"], 3)}

    def serve(self):
        pass

    def stop(self):
        pass

    def ask(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as answer:
            return answer.read()

    def graph(self, name, begin, end, agent=None):
        name = name.replace(".", "_")
        about = {"query": f'{name}{{agent="{agent}"}}' if agent else f"avg({name})", "start": begin, "end": end,
                 "step": (end - begin) // POINTS}
        found = json.loads(self.ask("/api/v1/query_range?" + urllib.parse.urlencode(about)))["data"]["result"]
        return len(found[0]["values"]) if found else 0


def ask(engine, options, end):
    """How long graphs take, over the API, as a browser asks."""
    engine.serve()
    chance = random.Random(1)
    hosts = [f"host-{number + 1:04}" for number in range(options.agents)]
    begin = end - min(7, options.days) * DAY

    def board(agent=None):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            points = list(pool.map(lambda name: engine.graph(name, begin, end, agent), NAMES[:GRAPHS]))
        if min(points) < POINTS / 2:
            complain(f"{engine.engine} has not what it should have: {points} points")

    for _ in range(2):
        board(hosts[0])
    report = {"week": spread([timed(lambda: engine.graph(chance.choice(NAMES), begin, end, chance.choice(hosts)))
                               for _ in range(WEEK_GRAPHS)])}
    report["host"] = spread([timed(lambda: board(chance.choice(hosts))) for _ in range(HOST_BOARDS)])
    report["fleet"] = spread([timed(board) for _ in range(FLEET_BOARDS)])
    engine.stop()
    return report


def measure(options, home):
    report = {"machine": machine(), "agents": options.agents, "days": options.days, "at_once": options.at_once, "engines": {}}
    classes = home / "classes"
    for name in ("MetricLoad", "PrometheusLoad"):
        compile_java(home, f"io.happo.bench.{name}", options.hub)
    end = int(time.time()) // DAY * DAY
    names = options.only or ENGINES
    with contextlib.ExitStack() as ends, concurrent.futures.ThreadPoolExecutor(len(names) if options.at_once else 1) as pool:
        engines = [ends.enter_context((Prometheus if name == "prometheus" else Ours)(options, home, classes, name)) for name in names]
        filling = [pool.submit(engine.fill, end, options.days - options.live) for engine in engines]
        try:
            filled = [one.result() for one in filling]
        except BaseException:
            end_started()
            raise
        for name, engine, one in zip(names, engines, filled):
            one["raw_values"] = one.get("raw_values") or min(options.days, 8) * DAY // MINUTE * options.agents * SERIES
            report["engines"][name] = one | {"graphs": ask(engine, options, end)}
            progress(f"{name}: {report['engines'][name]['graphs']}\n")
    report["bars"] = [one for name, found in report["engines"].items() if name != "prometheus" for one in (
        bar(f"{name}, a week of one series, p95", found["graphs"]["week"]["p95_ms"], 200, "ms"),
        bar(f"{name}, dashboard of 12 graphs of a host, p95", found["graphs"]["host"]["p95_ms"], 1_000, "ms"),
        bar(f"{name}, dashboard of 12 graphs of the fleet, p95", found["graphs"]["fleet"]["p95_ms"], 1_000, "ms"))]
    return report | {"markdown": tables(report)}


def tables(report):
    engines = report["engines"]
    theirs = engines.get("prometheus")

    def row(title, of, show="{:,.0f}"):
        cells = []
        for found in engines.values():
            value = of(found)
            cells.append("-" if value is None else show.format(value) + (
                f" ({ratio(value, of(theirs))})" if theirs and found is not theirs and of(theirs) else ""))
        return (title, *cells)

    def each(found):
        return found["levels"]["raw"] / found["raw_values"]

    return "\n".join([
        f"{report['agents']:,} agents with {SERIES} series, a value a minute, {report['days']} days; in brackets the ratio to Prometheus.",
        "", table(("", *engines),
                  row("disk in all, MB", lambda found: found["disk_bytes"] / 1e6),
                  row("of that values one by one, MB", lambda found: found["levels"]["raw"] / 1e6),
                  row("bytes a value there", each, "{:.2f}"),
                  row("of that parts of 5 minutes, MB", lambda found: found["levels"].get("5m") and found["levels"]["5m"] / 1e6),
                  row("of that parts of an hour, MB", lambda found: found["levels"].get("1h") and found["levels"]["1h"] / 1e6),
                  *([] if report["at_once"] else [row("values taken a second, as fast as possible", lambda found: found["bulk"]["per_second"])]),
                  row("CPU of a value then, µs", lambda found: found["bulk"]["cpu_us_each"], "{:.2f}"),
                  row("CPU of a value live, µs", lambda found: found.get("live") and found["live"]["cpu_us_each"], "{:.2f}"),
                  *(row(f"{title}, {part} ms", lambda found: found["graphs"][key][f"{part}_ms"], "{:,.0f}")
                    for key, title in (("week", "a week of one series"), ("host", "12 graphs of a host, a week"),
                                       ("fleet", "12 graphs of the whole fleet, a week")) for part in ("p50", "p95"))),
        "", bars_table(report["bars"])])


def main():
    parser = argparse.ArgumentParser(prog="./happo bench metrics", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100 agents, for a trial")
    parser.add_argument("--only", action="append", choices=ENGINES, help="this engine; may be given again")
    parser.add_argument("--at-once", action="store_true",
                        help="fill all engines at the same time: shorter by a third, without the rate at which each can")
    parser.add_argument("--agents", type=int, default=1_000)
    parser.add_argument("--days", type=int, default=31, help="the live one among them")
    parser.add_argument("--hub", metavar="DIR", type=pathlib.Path, help="another distribution of the hub (dist/target/happo-hub)",
                        default=ROOT / "dist/target/happo-hub")
    add_options(parser, "metrics")
    options = parser.parse_args()
    options.live = 1
    if options.quick:
        options.agents, options.days = 100, 9
    with scratch("metrics") as home:
        report = measure(options, home)
    write_report(options.json, report)
    end_by(report["bars"])


main()
