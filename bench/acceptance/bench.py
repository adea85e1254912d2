#!/usr/bin/env python3
"""The original's acceptance run against the packaged happo-agent, with the real nrpe and the bare plugins beside it.

  ./happo bench acceptance [--minutes 45|5] [--without-metrics-doors] [--agent DIR] [--json FILE]

10,000 checks spread evenly over 45 minutes, 200 metric values a minute, StatsD and Graphite in use, a collector that fetches
all values now and then; or 5 minutes with the same load a minute. Exit 1 when a bar is not kept or a line of the leak watch rises.
See bench/README.md for what is measured and how to read it.
"""
import argparse, http.client, json, pathlib, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (ANY_CERTIFICATE, PEERS, Agent, Held, add_options, bar, bars_table, compile_c, complain, cpu, disk_kb,
                    end_by, finish_load, free_port, machine, make_certificate, median, need_real_nrpe, nrpe_config, progress,
                    ratio, scratch, start_load, table, usage, write_report, write_script)
from feeders import Feeders, Received
from watch import LEAST_SAMPLES, judge, sparkline

CHECKS_PER_SECOND = 10_000 / (45 * 60)
VALUES = 200
FETCH_SECONDS = 300
AT_ONCE = 8  # checks that may wait for an answer before the schedule slips
CHECK = "check_ok"
METRICS = "metrics_200"
HOST = "acceptance"
LAST_FLUSH_SECONDS = 20  # until what StatsD sent last has come out
# What may rise, and by how much without being called a leak, beyond its noise.
WATCHED = {"rss_kb": ("RSS", "KB", 1024), "pss_kb": ("PSS", "KB", 1024), "heap_kb": ("Java heap in use", "KB", 1024),
           "descriptors": ("descriptors", "", 4), "threads": ("threads", "", 3)}


class Collector:
    """Fetches what the agent has gathered, and verifies that nothing of it is missing."""

    def __init__(self, agent, feeders):
        self.agent, self.batches, self.wrong = agent, 0, 0
        self.feeders, self.received = feeders, Received()

    def fetch(self):
        while batches := self.agent.ask("/metric", '{"apikey":""}')["metric_data"]:
            for batch in batches:
                if batch["hostname"] == HOST:
                    self.batches += 1
                    self.wrong += len(batch["metrics"]) != VALUES
                else:
                    self.received.add(batch["metrics"])

    def fetch_rest(self):
        """Also what the agent makes of StatsD a few seconds later."""
        end = time.monotonic() + LAST_FLUSH_SECONDS
        self.fetch()
        while self.missing() and time.monotonic() < end:
            time.sleep(1)
            self.fetch()

    def missing(self):
        return self.received.missing(self.feeders) if self.feeders else 0


class Heap:
    """Asks for the Java heap, on one connection that stays."""

    def __init__(self, port):
        self.connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=ANY_CERTIFICATE)

    def read(self):
        self.connection.request("GET", "/status/memory")
        memory = json.load(self.connection.getresponse())
        return {"heap_kb": memory["HeapInuse"] // 1024, "heap_size_kb": memory["HeapSys"] // 1024}


class Daemons:
    """The agent and the real nrpe, and what they used since they were asked last."""

    def __init__(self, agent, nrpe):
        self.agent, self.nrpe, self.nrpe_pid = agent, nrpe, nrpe.ask("pid")
        self.before = self.used()

    def used(self):
        own, plugins = cpu(self.agent.pid)
        held, (alone, waited_for) = self.nrpe.ask("cpu"), cpu(self.nrpe_pid)
        # nrpe answers in forks: those it waits for run nothing, the others nobody waits for but their holder.
        nrpe_own = alone + waited_for + held["orphans_own_seconds"]
        return {"happo": (own, plugins), "nrpe": (nrpe_own, held["seconds"] - nrpe_own)}

    def since(self):
        now = self.used()
        return {name: [now[name][n] - self.before[name][n] for n in (0, 1)] for name in now}


def prepare(home):
    plugins = home / "plugins"
    plugins.mkdir()
    write_script(plugins / CHECK, 'echo "OK - all is well|time=0.01s;1;2"\n')
    write_script(plugins / METRICS, f"""now=$(date +%s)
n=0
while [ $n -lt {VALUES} ]; do
  n=$((n + 1))
  printf 'acceptance.metric.number_%d\\t%d.%d\\t%d\\n' $n $((now % 1000 + n)) $((n % 10)) "$now"
done
""")
    folder = home / "agent"
    folder.mkdir()
    (folder / "metrics.yaml").write_text(
        f'metrics:\n- hostname: {HOST}\n  plugins:\n  - plugin_name: {METRICS}\n    plugin_option: ""\n')
    make_certificate(home)
    return plugins, folder


def start_nrpe(home, plugins):
    folder, port = home / "nrpe", free_port()
    folder.mkdir()
    config = nrpe_config(folder, port, {"check": plugins / CHECK}, f"ssl_cert_file={home}/server.pem",
                         f"ssl_privatekey_file={home}/server.key")
    return Held("nrpe", [str(PEERS / "nrpe"), "-c", config, "-f"], folder, port)


def start_figures(agent):
    own, _ = cpu(agent.pid)
    return {"started_ms": round(agent.started_ms), "cpu_seconds": own, "peak_rss_kb": usage(agent.pid)["peak_rss_kb"]}


def begin_loads(programs, plugins, agent, nrpe, minutes):
    total = str(round(CHECKS_PER_SECOND * 60 * minutes))
    pace = ["-r", f"{CHECKS_PER_SECOND:.6f}", "-n", total]
    body = json.dumps({"apikey": "", "plugin_name": CHECK, "plugin_option": ""})
    return {"happo": start_load([programs["https_load"], "-p", agent.port, "-m", "/monitor", "-b", body, "-x",
                                 '"return_value":0', "-N", "-C", AT_ONCE, *pace]),
            "nrpe": start_load([programs["nrpe_load"], "-p", nrpe.port, "-c", "check", "-x", "OK", "-C", AT_ONCE, "--json",
                                *pace]),
            "check": start_load([programs["spawn_loop"], "-R", *pace, plugins / CHECK]),
            "metrics": start_load([programs["spawn_loop"], "-R", "-r", f"{1 / 60:.6f}", "-n", max(1, round(minutes)),
                                   plugins / METRICS])}


def watch(daemons, collector, loads, minutes):
    """Samples both daemons until the time is over."""
    agent, heap, samples = daemons.agent, Heap(daemons.agent.port), []
    begin = time.monotonic()
    step, fetch_at = (5 if minutes > 10 else 2), min(FETCH_SECONDS, minutes * 60) / 2
    for number in range(int(minutes * 60 / step)):
        time.sleep(max(0, begin + (number + 1) * step - time.monotonic()))
        if agent.process.poll() is not None:
            agent.fail("ended during the run")
        at = time.monotonic() - begin
        try:
            nrpe = usage(daemons.nrpe_pid)
        except OSError:
            complain("nrpe ended during the run")
        # The disk before the collector empties it.
        samples.append({"seconds": round(at, 1), "happo": usage(agent.pid) | heap.read()
                        | {"disk_kb": disk_kb(agent.folder / "happo-agent.db")}, "nrpe": nrpe})
        if at >= fetch_at:
            fetch_at += FETCH_SECONDS
            collector.fetch()
        if number % max(1, 60 // step) == 0:
            progress()
    progress("\n")
    if collector.feeders:
        collector.feeders.stop()
    results = {name: finish_load(load, 120) for name, load in loads.items()}
    heap.connection.close()
    time.sleep(1)  # the last workers end
    return samples, results, time.monotonic() - begin


def summarize(minutes, seconds, samples, results, used, collector, nrpe_worker_kb):
    """The figures of the two daemons. Bare: the same plugins run by the C loop, the same number of times."""
    per_check = results["check"]["command_cpu_us"] / 1e6
    bare = {"happo": results["happo"]["ok"] * per_check + collector.batches * results["metrics"]["command_cpu_us"] / 1e6,
            "nrpe": results["nrpe"]["ok"] * per_check}
    percent = lambda cpu_seconds: round(cpu_seconds / seconds * 100, 3)
    figures = {}
    for name in ("happo", "nrpe"):
        line = lambda key: [one[name][key] for one in samples]
        own, plugins = used[name]
        run = results[name]
        figures[name] = {
            "checks": run["ok"], "errors": run["errors"], "p50_ms": run["p50_ms"], "p99_ms": run["p99_ms"],
            "peak_rss_kb": max(line("peak_rss_kb")), "rss_kb": median(line("rss_kb")), "pss_kb": median(line("pss_kb")),
            "private_kb": median(line("private_kb")), "cpu_own_percent": percent(own), "cpu_plugins_percent": percent(plugins),
            "cpu_bare_percent": percent(bare[name]), "cpu_beyond_percent": percent(own + plugins - bare[name]),
            "descriptors": max(line("descriptors")), "threads": max(line("threads"))}
    happo = figures["happo"]
    for key in ("heap_kb", "heap_size_kb", "disk_kb"):
        happo[key] = max(one["happo"][key] for one in samples)
    figures["nrpe"]["worker_rss_kb"] = nrpe_worker_kb
    happo["metric_batches"], happo["wrong_batches"] = collector.batches, collector.wrong
    happo["missing_batches"] = max(0, int(minutes) - 1 - collector.batches)
    if collector.feeders:
        happo["statsd_counts"], happo["graphite_lines"] = collector.received.counted, collector.received.lines
        happo["fed_names"], happo["fed_missing"] = len(collector.received.names), collector.missing()
    return figures


def judge_all(samples):
    if len(samples) < LEAST_SAMPLES:
        complain(f"{len(samples)} samples are too few for the leak watch: run for longer")
    lines = {}
    for key, (name, unit, floor) in WATCHED.items():
        values = [one["happo"][key] for one in samples]
        lines[key] = judge(values, floor) | {"name": name, "unit": unit, "line": sparkline(values), "least": min(values),
                                             "most": max(values)}
    return lines


def bars(figures, watched):
    happo = figures["happo"]
    rising = [one["name"] for one in watched.values() if one["rising"]]
    return [bar("peak RSS", happo["peak_rss_kb"], 51_200, "KB"),
            bar("CPU of the daemon itself, of one core", happo["cpu_own_percent"], 1, "%"),
            bar("CPU beyond the bare plugins, of one core", happo["cpu_beyond_percent"], 1, "%"),
            bar("disk used in the store", happo["disk_kb"], 250, "KB"),
            bar("rising lines" + (f" ({', '.join(rising)})" if rising else ""), len(rising), 0, ""),
            bar("checks without a good answer", happo["errors"], 0, ""),
            bar("metric batches missing or incomplete", happo["missing_batches"] + happo["wrong_batches"], 0, ""),
            bar("counts, lines and names of StatsD and Graphite missing", happo.get("fed_missing", 0), 0, "")]


def tables(report):
    happo, nrpe = report["happo"], report["nrpe"]
    ours_alone = lambda name, key: (name, f"{happo[key]:,g}", "", "")
    both = lambda name, key: (name, f"{happo[key]:,g}", f"{nrpe[key]:,g}", ratio(happo[key], nrpe[key]))
    out = [table(
        (f"{report['minutes']:g} minutes", "happo-agent", "nrpe", "happo : nrpe"),
        both("checks answered", "checks"), both("errors", "errors"),
        both("answer, p50 ms", "p50_ms"), both("answer, p99 ms", "p99_ms"),
        both("peak RSS of the daemon, KB", "peak_rss_kb"), both("RSS, median, KB", "rss_kb"),
        both("PSS, median, KB", "pss_kb"), both("written private memory, median, KB", "private_kb"),
        ("RSS of the largest fork, KB", "none", f"{nrpe['worker_rss_kb']:,g}", ""),
        both("CPU of the daemon itself, % of one core", "cpu_own_percent"),
        both("CPU of plugins with their start, %", "cpu_plugins_percent"),
        both("CPU of the bare plugins, %", "cpu_bare_percent"),
        both("CPU beyond the bare plugins, %", "cpu_beyond_percent"),
        both("descriptors, most", "descriptors"), both("threads, most", "threads"),
        ours_alone("Java heap in use, most, KB", "heap_kb"), ours_alone("Java heap, most, KB", "heap_size_kb"),
        ours_alone("disk used in the store, most, KB", "disk_kb"),
        ours_alone("metric batches fetched", "metric_batches"),
        *([ours_alone("counts of StatsD fetched", "statsd_counts"), ours_alone("lines of Graphite fetched", "graphite_lines"),
           ours_alone("names of both", "fed_names")] if "fed_names" in happo else []))]
    first, second = report["first_start"], report["start"]
    out += ["", table(("start", "first answer, ms", "CPU until then, s", "peak RSS, KB"),
                      *((name, one["started_ms"], f"{one['cpu_seconds']:.2f}", f"{one['peak_rss_kb']:,}")
                        for name, one in (("first, makes its keys", first), ("measured one", second))))]
    out += ["", "Leak watch:", "", "```"]
    width = max(len(one["name"]) for one in report["watch"].values())
    for one in report["watch"].values():
        out.append(f"{one['name']:{width}} {one['line']} {one['least']:,} to {one['most']:,} {one['unit']}".rstrip()
                   + f"; rise {one['rise']:+,.0f}, noise {one['allowed']:,.0f}" + (" RISING" if one["rising"] else ""))
    out += ["```", "", bars_table(report["bars"])]
    return "\n".join(out)


def run(options, home):
    plugins, folder = prepare(home)
    programs = {"https_load": compile_c(home, "https_load", "ssl", "crypto"),
                "nrpe_load": compile_c(home, "nrpe_load", "ssl", "crypto"), "spawn_loop": compile_c(home, "spawn_loop")}
    doors = not options.without_metrics_doors
    statsd_port, graphite_port = free_port(), free_port()
    agent = Agent(options, programs["https_load"], folder, "--nagios-plugin-paths", plugins, "--sensu-plugin-paths", plugins,
                  *(["--statsd-port", statsd_port, "--graphite-port", graphite_port] if doors else []))
    report = {"machine": machine(), "minutes": options.minutes, "metrics_doors": doors}
    with agent:
        report["first_start"] = start_figures(agent)
    nrpe = start_nrpe(home, plugins)
    try:
        with agent:
            report["start"] = start_figures(agent)
            feeders = Feeders(statsd_port, graphite_port) if doors else None
            collector, daemons = Collector(agent, feeders), Daemons(agent, nrpe)
            if feeders:
                feeders.start()
            loads = begin_loads(programs, plugins, agent, nrpe, options.minutes)
            samples, results, seconds = watch(daemons, collector, loads, options.minutes)
            used = daemons.since()
            collector.fetch_rest()
            worker = nrpe.ask("cpu")["orphan_rss_kib"]
    finally:
        nrpe.end()
    report |= summarize(options.minutes, seconds, samples, results, used, collector, worker)
    report |= {"loads": results, "watch": judge_all(samples), "samples": samples}
    report["bars"] = bars(report, report["watch"])
    return report | {"markdown": tables(report)}


def main():
    parser = argparse.ArgumentParser(prog="./happo bench acceptance", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5, metavar="45|5", help="how long, at the same load a minute (5)")
    parser.add_argument("--without-metrics-doors", action="store_true", help="StatsD and Graphite are not in use")
    add_options(parser, "acceptance")
    options = parser.parse_args()
    if not 0.5 <= options.minutes <= 120:
        parser.error("--minutes: 0.5 to 120")
    need_real_nrpe()
    if not pathlib.Path("/proc/self/schedstat").exists():
        complain("this kernel does not tell what a process ran (/proc/self/schedstat), which the figures of nrpe need")
    with scratch("acceptance") as home:
        report = run(options, home)
    write_report(options.json, report)
    end_by(report["bars"])


main()
