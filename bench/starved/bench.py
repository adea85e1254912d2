#!/usr/bin/env python3
"""An agent and its hub on a machine that has no time and little memory: whether a check is lost, or in trouble for being late.

  ./happo bench starved [--minutes N] [--hub DIR] [--agent DIR] [--json FILE]

Exit 1 when a bar is not kept. See bench/README.md for what is measured and how to read it.
"""
import argparse, os, pathlib, subprocess, sys, threading, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (add_options, bar, bars_table, end_by, free_port, machine, program, progress, scratch, start, table, usage, write_report,
                    write_script)
from hub import Hub, add_hub_option

EVERY = 10  # seconds
QUIET = 60  # seconds before and after
LEFT_KIB = 256 << 10  # of memory
BUILTINS = {"load": "check_load -w 9999 -c 9999", "cpu": "check_cpu", "memory": "check_memory", "swap": "check_swap -w 1 -c 1 -n ok",
            "disk": "check_disk -w 0% -c 0% -p /", "procs": "check_procs", "uptime": "check_uptime -r 0", "agent": "check_agent"}
SCRIPTS = 16
HOG = """
import sys, time
def available():
    return next(int(line.split()[1]) for line in open('/proc/meminfo') if line.startswith('MemAvailable'))
held = []
while True:
    if available() > int(sys.argv[1]) + (256 << 10):
        held.append(bytearray(b"x") * (128 << 20))
    elif held and available() < int(sys.argv[1]) // 2:
        held.pop()
    for one in held[-8:]:
        one[::4096] = bytes(len(one[::4096]))  # in use
    time.sleep(0.2)
"""


def write_plan(folder, port):
    folder.mkdir()
    write_script(folder / "fine.sh", "echo 'OK - fine'\n")
    checks = [f"  - {{name: {name}, builtin: {line}, every: {EVERY}s, attempts: 1}}" for name, line in BUILTINS.items()]
    checks += [f"  - {{name: tcp, builtin: check_tcp -H 127.0.0.1 -p {port}, every: {EVERY}s, attempts: 1}}"]
    checks += [f"  - {{name: script-{n}, script: fine.sh, every: {EVERY}s, attempts: 1}}" for n in range(SCRIPTS)]
    (folder / "scripts").mkdir()
    (folder / "fine.sh").rename(folder / "scripts/fine.sh")
    (folder / "checks.yaml").write_text("checks:\n" + "\n".join(checks) + "\n")
    return [line.split("name: ")[1].split(",")[0] for line in checks]


class Watch(threading.Thread):
    """Asks the hub each second whether the agent is there, as a person does who looks."""

    def __init__(self, hub):
        super().__init__(daemon=True)
        self.hub, self.asked, self.away, self.slowest, self.over = hub, 0, 0, 0.0, threading.Event()

    def run(self):
        while not self.over.wait(1):
            begin = time.monotonic()
            agents = self.hub.ask("GET", "/v1/agents")["agents"]
            self.slowest = max(self.slowest, time.monotonic() - begin)
            self.asked += 1
            self.away += sum(one["presence"] != "connected" for one in agents)


def starve(seconds):
    """Twice as many busy programs as there are cores, and one that takes the memory."""
    busy = [start([sys.executable, "-c", "while True: pass"]) for _ in range(2 * os.cpu_count())]
    busy.append(start([sys.executable, "-c", HOG, LEFT_KIB]))
    least = None
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable"))
        least = now if least is None else min(least, now)
        progress()
        time.sleep(min(10, max(0.1, end - time.monotonic())))
    for one in busy:
        one.kill()
        one.wait()
    return least


def of_check(hub, agent, check, begin, end):
    """What came of a check between two times of the machine's clock, in milliseconds."""
    results = hub.ask("GET", f"/v1/agents/{agent}/checks/{check}/history?limit=10000&from={begin}&to={end}")["results"]
    times = [one["time"] for one in results]
    gaps = [(later - sooner) / 1000 for sooner, later in zip(times, times[1:])]
    expected = (end - begin) // (EVERY * 1000)
    return {"check": check, "expected": expected, "came": len(times), "lost": max(0, expected - 1 - len(times)),
            "latest_s": round(max((gap - EVERY for gap in gaps), default=0), 2),
            "longest_ms": max((one["durationMillis"] for one in results), default=0),
            "not_ok": [(one["status"], one["output"][:200]) for one in results if one["status"] != "ok"]}


def run(options, home):
    report = {"machine": machine(), "minutes": options.minutes}
    (home / "hub").mkdir()
    (home / "agent").mkdir()
    (home / "agent/metrics.yaml").touch()
    with Hub(options, home / "hub", 1) as hub:
        checks = write_plan(home / "plan", hub.port)
        subprocess.run([hub.program, "plan", "apply", home / "plan", "--profile", hub.data / "client.json"], check=True,
                       stdout=subprocess.DEVNULL)
        agent_program = program(options, "happo-agent")
        subprocess.run([agent_program, "join", f"https://127.0.0.1:{hub.port}", hub.join_token()], cwd=home / "agent", check=True,
                       stdout=subprocess.DEVNULL)
        with open(home / "agent/stderr", "w") as stderr:
            agent = start([agent_program, "daemon", "--port", free_port(), "--listen-address", "127.0.0.1"], cwd=home / "agent",
                          stdin=subprocess.DEVNULL, stdout=stderr, stderr=stderr)
        time.sleep(QUIET)
        hub.connect()
        name = hub.ask("GET", "/v1/agents")["agents"][0]["name"]
        watch = Watch(hub)
        watch.start()
        begin = int(time.time() * 1000)
        report["least_available_kib"] = starve(options.minutes * 60)
        end = int(time.time() * 1000)
        watch.over.set()
        watch.join()
        time.sleep(QUIET)
        hub.connect()
        report["checks"] = [of_check(hub, name, check, begin, end) for check in checks]
        report["away"], report["asked"], report["slowest_answer_s"] = watch.away, watch.asked, round(watch.slowest, 2)
        report["events"] = [(one["event"], one["text"]) for one in hub.ask("GET", f"/v1/agents/{name}/events")["events"]]
        report["agent"] = usage(agent.pid)
        agent.terminate()
        agent.wait(30)
    checks = report["checks"]
    report["bars"] = [
        bar("checks lost", sum(one["lost"] for one in checks), 0, ""),
        bar("results that are not OK", sum(len(one["not_ok"]) for one in checks), 0, ""),
        bar("times the agent was seen as away", report["away"], 0, ""),
    ]
    kinds = [(kind, [one for one in checks if one["check"].startswith("script") == (kind == "scripts")]) for kind in ("built in", "scripts")]
    report["markdown"] = "\n\n".join((
        f"{options.minutes:g} minutes with {2 * os.cpu_count()} busy programs on {os.cpu_count()} cores and"
        f" {report['least_available_kib'] / 1024:.0f} MiB of memory available at the least; {len(checks)} checks, each every {EVERY} s.",
        table(("checks", "results expected", "came", "latest, s", "longest run, ms"), *(
            (kind, sum(one["expected"] for one in some), sum(one["came"] for one in some), max(one["latest_s"] for one in some),
             max(one["longest_ms"] for one in some)) for kind, some in kinds)),
        bars_table(report["bars"])))
    return report


def main():
    parser = argparse.ArgumentParser(prog="./happo bench starved", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    add_options(parser, "starved")
    add_hub_option(parser)
    options = parser.parse_args()
    with scratch("starved") as home:
        report = run(options, home)
    write_report(options.json, report)
    end_by(report["bars"])


main()
