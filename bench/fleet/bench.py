#!/usr/bin/env python3
"""What a hub with many agents needs, and how fast it is: real keys, real sessions over TLS, results that are synced to disk.

  ./happo bench fleet [--agents N] [--quick] [--hub DIR] [--json FILE]

Exit 1 when a bar is not kept. See bench/README.md for what is measured and how to read it.
"""
import argparse, json, pathlib, resource, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (add_options, bar, bars_table, compile_java, complain, cpu, disk_kb, end_by, machine, program,
                    progress, scratch, start, table, usage, write_report)
from hub import Hub, add_hub_option
from pages import pages

SIMULATOR = "io.happo.bench.FleetSimulator"
EVERY_SECONDS = 10
TROUBLED_SHARE = 0.3
SPARE_DESCRIPTORS = 1_000
PAGES = (("overview", "overview"), ("agent", "page of an agent"), ("agents", "list of agents"))


class Fleet:
    """The simulated agents."""

    def __init__(self, options, hub, classes, name, count):
        java = str(options.agent.resolve() / "runtime/bin/happo-agent")
        libraries = ":".join(str(path) for path in (options.agent.resolve() / "lib").glob("*.jar"))
        self.process = start([java, "-XX:+UseParallelGC", "-Xmx3g", "--enable-native-access=ALL-UNNAMED",
                              f"-Djava.library.path={options.agent.resolve()}/lib", "-cp", f"{classes}:{libraries}", SIMULATOR,
                              f"https://127.0.0.1:{hub.port}", hub.join_token(), name, count],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def say(self, *words):
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            complain(f"{SIMULATOR} ended with exit code {self.process.wait(10)}")
        progress()
        return json.loads(line)

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


def settled(hub, seconds):
    """Usage of the hub once it rests."""
    time.sleep(seconds)
    return usage(hub.pid)


def presence(options, hub, classes, count):
    """Milliseconds from the death of agents' process until the hub's API shows each."""
    hub.connect()
    cut = Fleet(options, hub, classes, "cut", count)
    cut.say("join")
    cut.say("connect")
    show = lambda number: hub.ask("GET", f"/v1/agents/cut-{number}")["presence"]
    if any(show(number) != "connected" for number in range(count)):
        complain("the hub does not show agents that are connected")
    cut.process.kill()
    begin, found = time.monotonic(), []
    for number in range(count):
        while show(number) == "connected":
            if time.monotonic() > begin + 30:
                complain(f"the hub does not see that cut-{number} is gone")
        found.append((time.monotonic() - begin) * 1000)
    cut.process.wait()
    return found


def runs(hub, names):
    """Milliseconds from asking for a run until its end is there."""
    found = []
    for name in names:
        begin = time.monotonic()
        run = hub.ask("POST", "/v1/runs", {"agent": name, "command": "check_load"})["id"]
        at, ended = 0, False
        while not ended:
            heard = hub.ask("GET", f"/v1/runs/{run}?from={at}&waitMillis=10000")
            at, ended = heard["next"], heard["ended"]
        if heard["outcome"] != "exited":
            complain(f"a run ended as {heard['outcome']}: {heard['message']}")
        found.append((time.monotonic() - begin) * 1000)
    return found


def at(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def measure(options, home):
    count = options.agents
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + SPARE_DESCRIPTORS:
        complain(f"the hard limit of open files is {hard}: raise it to {count + SPARE_DESCRIPTORS} (ulimit -Hn), or --agents less")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    report = {"machine": machine(), "agents": count, "quick": options.quick}
    rest, load_seconds, flood_seconds = (45, 20, 5) if options.quick else (75, 180, 20)
    page_rounds, changes = (30, 5) if options.quick else (300, 20)
    classes = compile_java(home, SIMULATOR, options.agent)
    hub = Hub(options, home, count)
    with hub:
        fleet = Fleet(options, hub, classes, "simulated", count)
        report["join"] = fleet.say("join")
    with hub:  # nothing is left of the joining
        report["hub_start_ms"] = round(hub.started_ms)
        empty = settled(hub, rest)
        report["connect"] = fleet.say("connect")
        if report["connect"]["connected"] != count:
            complain(f"{report['connect']['connected']} of {count} agents connected")
        before = hub.cpu()
        idle = settled(hub, rest)
        report["idle_cpu"] = (hub.cpu() - before) / rest * 100
        report["empty"], report["idle"] = empty, idle
        report["kb_each"] = {name: (idle[name] - empty[name]) / count for name in ("pss_kb", "rss_kb")}
        fleet.say("begin", EVERY_SECONDS)
        time.sleep(EVERY_SECONDS)
        before, begin = hub.cpu(), time.monotonic()
        report["presence_ms"] = presence(options, hub, classes, 20)
        report["run_ms"] = []
        number = 0
        while time.monotonic() < begin + load_seconds or len(report["run_ms"]) < 20:
            report["run_ms"] += runs(hub, [f"simulated-{(number + i) % count}" for i in range(5)])
            number += 5
            time.sleep(0.2)
        report["load_cpu"] = (hub.cpu() - before) / (time.monotonic() - begin) * 100
        report["load"] = fleet.say("end")
        report["loaded"] = usage(hub.pid)
        before = hub.cpu()
        report["flood"] = fleet.say("flood", min(count, 200), 100, flood_seconds)
        report["flood"]["hub_cpu_us"] = (hub.cpu() - before) / max(1, report["flood"]["acknowledged"]) * 1e6
        report["flooded"] = usage(hub.pid)
        report["disk_kb"] = disk_kb(hub.data)
        report["pages"] = pages(hub, fleet, count, EVERY_SECONDS, TROUBLED_SHARE, page_rounds, changes)
    fleet.end()
    progress("\n")
    report["bars"] = bars(report)
    return report | {"markdown": tables(report)}


def bars(report):
    shown = report["pages"]
    troubled = f"with {shown['critical']:,} troubles"
    return [bar("hub memory for an idle agent (PSS)", round(report["kb_each"]["pss_kb"], 1), 25, "KB"),
            bar("results stored a second, as fast as they are taken", round(report["flood"]["per_second"]), 20_000, "/s", at_least=True),
            bar("a cut agent is seen, most", round(max(report["presence_ms"])), 1_000, "ms"),
            bar("run now, there and back, p99", round(at(report["run_ms"], 0.99), 1), 50, "ms"),
            *(bar(f"{name}, {how}, p95", round(at(shown[when][kind]["ms"], 0.95), 1), 200, "ms") for kind, name in PAGES[:2]
              for when, how in (("well", "all checks well"), ("troubled", troubled))),
            bar("a change is seen on an agent's page, most", round(max(shown["change_ms"])), 2_000, "ms"),
            bar("batches unacknowledged", sum(report[load]["unacknowledged"] for load in ("load", "flood"))
                + shown["load"]["unacknowledged"], 0, "")]


def tables(report):
    load, flood = report["load"], report["flood"]
    mb = lambda one: f"{one['pss_kb'] / 1024:,.0f}"
    return "\n".join([
        table(("the hub", "PSS, MB", "threads", "CPU, % of one core"),
              ("started, no agent connected", mb(report["empty"]), report["empty"]["threads"], ""),
              (f"{report['agents']:,} agents connected, idle", mb(report["idle"]), report["idle"]["threads"], f"{report['idle_cpu']:.1f}"),
              (f"each sends a result every {EVERY_SECONDS} s", mb(report["loaded"]), report["loaded"]["threads"], f"{report['load_cpu']:.1f}"),
              ("results as fast as they are taken", mb(report["flooded"]), report["flooded"]["threads"], "")),
        "", table(("results", "stored a second", "acknowledged after, p50 ms", "p99 ms", "most, ms"),
                  (f"each agent one every {EVERY_SECONDS} s", f"{load['per_second']:,.0f}", load["p50_ms"], load["p99_ms"], load["max_ms"]),
                  ("batches of 100, as fast as they are taken", f"{flood['per_second']:,.0f}", flood["p50_ms"], flood["p99_ms"], flood["max_ms"])),
        "", table(("meanwhile", "count", "median, ms", "p99, ms", "most, ms"),
                  *((name, len(values), f"{at(values, 0.5):.1f}", f"{at(values, 0.99):.1f}", f"{max(values):.1f}")
                    for name, values in (("a cut agent is seen", report["presence_ms"]), ("run now, there and back", report["run_ms"])))),
        "", page_table(report["pages"]),
        "", table(("joining and connecting", "seconds"), ("join, 32 at once", report["join"]["seconds"]),
                  ("connect, 32 at once", report["connect"]["seconds"]), ("start of the hub", f"{report['hub_start_ms'] / 1000:.2f}")),
        "", bars_table(report["bars"])])


def page_table(shown):
    row = lambda name, ms, kb="": (name, len(ms), kb, f"{at(ms, 0.5):.1f}", f"{at(ms, 0.95):.1f}", f"{max(ms):.1f}")
    return table((f"the web page, each agent a result every {EVERY_SECONDS} s", "count", "KB", "median, ms", "p95, ms", "most, ms"),
                 *(row(f"{name}, {how}", shown[when][kind]["ms"], f"{shown[when][kind]['bytes'] / 1024:.0f}")
                   for when, how in (("well", "all checks well"), ("troubled", f"{shown['critical']:,} troubles"))
                   for kind, name in PAGES),
                 row("a change is seen on the page of its agent", shown["change_ms"]))


def main():
    parser = argparse.ArgumentParser(prog="./happo bench fleet", description=__doc__.splitlines()[0])
    parser.add_argument("--agents", type=int, default=10_000, metavar="N", help="how many (default 10000)")
    parser.add_argument("--quick", action="store_true", help="shorter measurements, for a trial")
    add_hub_option(parser)
    add_options(parser, "fleet")
    options = parser.parse_args()
    if options.agents < 1:
        parser.error("--agents: at least 1")
    with scratch("fleet") as home:
        report = measure(options, home)
    write_report(options.json, report)
    end_by(report["bars"])


main()
