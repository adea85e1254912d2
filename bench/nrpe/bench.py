#!/usr/bin/env python3
"""Compares the NRPE door of the packaged happo-agent with the real nrpe daemon, side by side in one run.

  ./happo bench nrpe [--load] [--quick] [--rounds N] [--only real|ours] [--json FILE]

Both serve the same commands at once on this machine; they are asked in turns, so that both meet the same neighbours.
See bench/README.md for what is measured and how to read it.
"""
import argparse, json, os, pathlib, resource, shutil, socket, statistics, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (PEERS, Held, MemoryGroup, add_options, compile_c, complain, free_port, machine, make_certificate, need_real_nrpe,
                    nrpe_config, progress, program, ratio, scratch, write_report, write_script)

LONG_QUEUE = 1024
SLOW_CHECKS = 200
IDLE_CONNECTIONS = 10_000
PLUGIN = pathlib.Path("/usr/lib/nagios/plugins/check_load")  # of Debian's monitoring-plugins-basic
OWN_FILES = 500  # descriptors that this script and the servers need beside the idle connections
QUERIES = ((1, 200), (16, 1000), (64, 2000))  # how many at once, and how many in all
# A daemon is asked for years: without the time in which a JVM compiles what it does often.
LOAD_QUERIES = ((1, 1000), (16, 4000), (64, 2000))


class Server(Held):
    """One running daemon. `tls`: certificate, anonymous or none."""

    def __init__(self, home, agent, name, whose, tls, queue=None):
        self.whose, self.tls = whose, tls
        port, folder = free_port(), home / name
        folder.mkdir()
        more = [f"listen_queue_size={queue}"] if queue else []
        if tls == "certificate":
            more += [f"ssl_cert_file={home}/server.pem", f"ssl_privatekey_file={home}/server.key"]
        commands = {"true": f"{home}/check_true.sh", "slow": f"{home}/check_slow.sh",
                    "load": f"{PLUGIN} -w 9999,9999,9999 -c 9999,9999,9999"}
        config = nrpe_config(folder, port, commands, *more)
        if whose == "ours" and os.getuid() == 0:
            # nrpe becomes nobody once, at its start; the agent is started as that user, as its unit does.
            config = nrpe_config(folder, port, commands, *more, becomes=None)
            shutil.chown(folder, "nobody", "nogroup")
        if whose == "real":
            command = [str(PEERS / "nrpe"), "-c", config, "-f"] + (["-n"] if tls == "none" else [])
        else:
            (folder / "metrics.yaml").touch()
            # The plugin is installed, as it is for nrpe; ours is to be its own check of the same name.
            command = [agent, "daemon", "--port", str(free_port()), "--nrpe-config", config, "--builtin-checks", "first"]
            command += ["--nrpe-no-tls"] if tls == "none" else []
            if os.getuid() == 0:
                command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--", *command]
        self.group = MemoryGroup(name)
        super().__init__(name, self.group.within(command), folder, port)

    def end(self):
        super().end()
        self.group.remove()


def prepare(home):
    write_script(home / "check_true.sh", "echo OK\n")
    write_script(home / "check_slow.sh", 'sleep 5\necho "OK - slept 5"\n')
    make_certificate(home)
    return compile_c(home, "nrpe_load", "ssl", "crypto")


def load(program, server, at_once, total, command="true", expect="OK", timeout=30):
    """Asks a server; the JSON of nrpe_load, with the CPU of the server and its plugins for a check."""
    argv = [program, "-p", str(server.port), "-c", command, "-x", expect, "-C", str(at_once), "-n", str(total),
            "-t", str(timeout), "--label", server.name, "--json"] + (["-N"] if server.tls == "none" else [])
    before = server.ask("cpu")["seconds"]
    run = subprocess.run(argv, capture_output=True, text=True)
    if not run.stdout.startswith("{"):
        complain(f"{' '.join(argv)} failed: {run.stderr}")
    result = json.loads(run.stdout)
    time.sleep(0.3)  # the last workers end
    result["server_cpu_ms_per_req"] = (server.ask("cpu")["seconds"] - before) / max(1, result["ok"]) * 1000
    result["complaint"] = run.stderr.strip()
    return result


def measure_rates(program, groups, rounds, scale, queries=QUERIES, warm=200, command="true", expect="OK"):
    """groups: (title, servers). Rounds alternate between the servers."""
    rows = []
    for title, servers in groups:
        for server in servers:
            load(program, server, 4, max(20, int(warm * scale)), command, expect)
        for at_once, total in queries:
            total = max(at_once, int(total * scale))
            runs = {server.name: [] for server in servers}
            for _ in range(rounds):
                for server in servers:
                    runs[server.name].append(load(program, server, at_once, total, command, expect))
            for server in servers:
                rows.append(summary(title, server, at_once, runs[server.name]))
                progress()
    print(file=sys.stderr)
    return rows


def summary(title, server, at_once, runs):
    ok, seconds = sum(run["ok"] for run in runs), sum(run["seconds"] for run in runs)
    return {"group": title, "server": server.name, "whose": server.whose, "at_once": at_once,
            "per_second": round(ok / seconds, 1), "p50_ms": round(statistics.median(r["p50_ms"] for r in runs), 2),
            "p99_ms": round(statistics.median(r["p99_ms"] for r in runs), 2), "max_ms": max(r["max_ms"] for r in runs),
            "server_cpu_ms": round(statistics.mean(r["server_cpu_ms_per_req"] for r in runs), 2),
            "client_cpu_ms": round(statistics.mean(r["client_cpu_ms_per_req"] for r in runs), 2),
            "ok": ok, "errors": sum(run["errors"] for run in runs), "runs": runs}


def measure_slow_plugins(home):
    """What the plugins of all slow checks take alone, in KiB, by their control group; None where there is none."""
    group = MemoryGroup("slow plugins")
    if not group.usable:
        return None
    line = f"for i in $(seq {SLOW_CHECKS}); do {home}/check_slow.sh & done; wait"
    running, most = subprocess.Popen(group.within(["sh", "-c", line]), stdout=subprocess.DEVNULL), 0
    while running.poll() is None:
        most = max(most, group.kib())
        time.sleep(0.2)
    group.remove()
    return most


def measure_slow(program, server):
    before = server.ask("memory")
    argv = [program, "-p", str(server.port), "-c", "slow", "-x", "slept 5", "-C", str(SLOW_CHECKS), "-n",
            str(SLOW_CHECKS), "-t", "60", "--json"] + (["-N"] if server.tls == "none" else [])
    asking = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    most, group_kib = before, 0
    while asking.poll() is None:
        group_kib = max(group_kib, server.group.kib() or 0)
        now = server.ask("memory")
        if now["plugins"] > most["plugins"] or now["plugins"] == most["plugins"] and now["pss_kib"] > most["pss_kib"]:
            most = now
        time.sleep(0.2)
    result = json.loads(asking.communicate()[0])
    return {"server": server.name, "whose": server.whose, "before": before, "most": most, "group_kib": group_kib, "ok": result["ok"],
            "errors": result["errors"], "seconds": result["seconds"]}


def available_kib():
    return next(int(line.split()[1]) for line in open("/proc/meminfo") if line.startswith("MemAvailable"))


def measure_idle(program, server, count):
    before, free = server.ask("memory"), available_kib()
    idle, refused = [], 0
    for _ in range(count):
        try:
            idle.append(socket.create_connection(("127.0.0.1", server.port), 30))
        except OSError:
            refused += 1
    good = load(program, server, 1, 20)
    during, cost = server.ask("memory"), free - available_kib()
    still = sum(1 for one in idle if is_open(one))
    for one in idle:
        one.close()
    return {"server": server.name, "whose": server.whose, "opened": len(idle), "refused": refused, "still_open": still,
            "before": before, "during": during, "machine_kib": cost, "good_p50_ms": good["p50_ms"],
            "good_max_ms": good["max_ms"], "good_errors": good["errors"]}


def is_open(one):
    one.setblocking(False)
    try:
        return one.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def mib(kib):
    return f"{kib / 1024:.1f}"


def without(group_kib, plugins_kib):
    return mib(group_kib - plugins_kib) if plugins_kib else "-"


def rates(rows):
    out = ["| way | at once | server | checks/s | p50 ms | p99 ms | max ms | server+plugin CPU ms | client CPU ms"
           " | errors | ours : this, checks/s | ours : this, p99 |", "|" + "---|" * 12]
    for row in rows:
        ours = next((r for r in rows if r["whose"] == "ours" and r["at_once"] == row["at_once"]
                     and r["group"] == row["group"]), None)
        compare = ours is not None and row is not ours
        out.append("| {group} | {at_once} | {server} | {per_second} | {p50_ms} | {p99_ms} | {max_ms} | {server_cpu_ms}"
                   " | {client_cpu_ms} | {errors} | ".format(**row)
                   + (ratio(ours["per_second"], row["per_second"]) if compare else "") + " | "
                   + (ratio(ours["p99_ms"], row["p99_ms"]) if compare else "") + " |")
    return out


def tables(report):
    out = rates(report["rates"])
    out += ["", f"{SLOW_CHECKS} slow checks at once (without the plugins' processes):", "",
            "| server | answered | errors | seconds | own processes | PSS MiB before | PSS MiB during"
            " | RSS MiB during | control group without plugins, MiB | plugins' processes |", "|" + "---|" * 10]
    for row in report["slow"]:
        most = row["most"]
        out.append(f"| {row['server']} | {row['ok']} | {row['errors']} | {row['seconds']:.1f} | {most['processes']} |"
                   f" {mib(row['before']['pss_kib'])} | {mib(most['pss_kib'])} |"
                   f" {mib(most['rss_kib'])} | {without(row['group_kib'], report['slow_plugins_kib'])} |"
                   f" {most['plugins']} |")
    out += ["", "Idle connections, no byte sent:", "",
            "| server | opened | still open | processes | PSS MiB before | PSS MiB during | RSS MiB during"
            " | the machine's MiB | good request p50 ms | max ms | errors |", "|" + "---|" * 11]
    for row in report["idle"]:
        during = row["during"]
        out.append(f"| {row['server']} | {row['opened']} | {row['still_open']} | {during['processes']} |"
                   f" {mib(row['before']['pss_kib'])} | {mib(during['pss_kib'])} | {mib(during['rss_kib'])} |"
                   f" {mib(row['machine_kib'])} | {row['good_p50_ms']} | {row['good_max_ms']} | {row['good_errors']} |")
    return "\n".join(out)


def run(options, home):
    load_program, servers = prepare(home), {}
    agent = program(options, "happo-agent")

    def server(name, whose, tls, queue=None):
        if options.only in (None, whose):
            servers[name] = Server(home, agent, name, whose, tls, queue)
            return [servers[name]]
        return []

    try:
        groups = [
            ("TLS 1.3", server("nrpe TLS", "real", "certificate") + server("happo TLS", "ours", "certificate")),
            ("anonymous TLS", [] if options.load else server("nrpe anonymous", "real", "anonymous")),
            ("no TLS", server("nrpe plain", "real", "none")
             + server("nrpe plain queue 128", "real", "none", 128) + server("happo plain", "ours", "none")),
        ]
        scale = 0.1 if options.quick else 1
        report = {"machine": machine() | {"kernel": os.uname().release}, "quick": options.quick,
                  "rounds": options.rounds}
        if options.load:
            report["rates"] = measure_rates(load_program, groups, options.rounds, scale, LOAD_QUERIES, 1000, "load", "OK - ")
            return report | {"markdown": "\n".join(rates(report["rates"]))}
        report["rates"] = measure_rates(load_program, groups, options.rounds, scale)
        # With its own queue of 5 some slow checks are never answered: it gets a long one here.
        long_queue = server("nrpe TLS queue 1024", "real", "certificate", LONG_QUEUE)
        compared = long_queue + [servers[name] for name in ("happo TLS",) if name in servers]
        report["slow_plugins_kib"] = measure_slow_plugins(home)
        report["slow"] = [measure_slow(load_program, one) for one in compared]
        idle = min(IDLE_CONNECTIONS // (10 if options.quick else 1), options.files - OWN_FILES)
        report["idle"] = [measure_idle(load_program, one, idle) for one in compared]
        return report | {"markdown": tables(report)}
    finally:
        for one in servers.values():
            one.end()


def main():
    parser = argparse.ArgumentParser(prog="./happo bench nrpe", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of the requests and idle connections")
    parser.add_argument("--rounds", type=int, default=2, help="how often each figure is measured (2)")
    parser.add_argument("--only", choices=("real", "ours"), help="measure one of the two alone")
    parser.add_argument("--load", action="store_true", help="measure check_load, the plugin of Debian and our built-in check")
    add_options(parser, "nrpe")
    options = parser.parse_args()
    if options.load and options.json == parser.get_default("json"):
        options.json = options.json.replace("nrpe.json", "nrpe-load.json")
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    options.files = 65_536 if hard == resource.RLIM_INFINITY else hard
    resource.setrlimit(resource.RLIMIT_NOFILE, (options.files, hard))
    if options.only != "ours":
        need_real_nrpe()
        if options.load and not PLUGIN.exists():
            complain(f"{PLUGIN} is missing: run tools/install-peers.sh")
    with scratch("nrpe") as home:
        report = run(options, home)
    write_report(options.json, report)


main()
