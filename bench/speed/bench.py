#!/usr/bin/env python3
"""How fast the packaged happo-agent and check_happo are, each figure beside a plain one of the same minute.

  ./happo bench speed [--quick] [--agent DIR] [--json FILE]

Starts, round trips of the client, requests a second, and running plugins. Rates are compared with those of a C loop that
runs the same script, measured in the same round, since machines drift. Exit 1 when a bar is not kept.
See bench/README.md for what is measured and how to read it.
"""
import argparse, json, os, pathlib, subprocess, sys, time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (BENCH, Agent, add_options, bar, bars_table, compile_c, compile_java, complain, cpu, end_by, machine, make_certificate,
                    median, need, program, progress, ratio, run_load, scratch, start, table, usage, write_report, write_script)

CHECK = "check_ok"
MONITOR = json.dumps({"apikey": "", "plugin_name": CHECK, "plugin_option": ""})
AGENT_MAIN, EXEC_MAIN = "io.happo.agent.HappoAgent", "io.happo.bench.ExecRate"
# The original (Go) on a machine of this kind, where the C loop ran 1,371 scripts a second at 1 and 1,549 at 8 at once.
# What was measured as a range stands here with its middle.
ORIGINAL_SPAWN = {1: 1371, 8: 1549}
ORIGINAL_START_MS, ORIGINAL_RSS_MB, ORIGINAL_RSS_AFTER_MB, ORIGINAL_CLIENT_MS = 17, 15, 28, 10
# Name, arguments of https_load, the C loop's at once to compare with, what the original did, how much of that is the bar.
RATES = [("POST /monitor, 1 at once", ["-m", "/monitor", "-b", MONITOR, "-x", '"return_value":0', "-C", 1], 1, 544, 1.5),
         ("POST /monitor, 16 at once", ["-m", "/monitor", "-b", MONITOR, "-x", '"return_value":0', "-C", 16], 8, 1130, 1.5),
         ("GET /, 16 at once", ["-x", "OK", "-C", 16], 8, 26_000, 1),
         ("new TLS connections, 16 at once", ["-x", "OK", "-C", 16, "-N"], 8, 750, 1)]
EXEC_AT_ONCE = (1, 8)
EXEC_WAYS = {"direct": "exec", "shell": "exec through /bin/sh -c, as /monitor"}


def measure_starts(agent_of, count):
    """Milliseconds to the first answer: starts that make their keys, and those that find them."""
    first, later = [], []
    for number in range(count):
        with agent_of(f"start-{number}") as agent:
            first.append(agent.started_ms)
        progress()
    with agent:
        pass  # warm
    for _ in range(count):
        with agent:
            later.append(agent.started_ms)
        progress()
    return {"first_ms": round(median(first), 1), "start_ms": round(median(later), 1), "all_first_ms": first, "all_ms": later}


def measure_clients(options, home, agent, count):
    """Round trips of check_happo and curl, in turns."""
    url = f"https://127.0.0.1:{agent.port}/monitor"
    check = [program(options, "check_happo"), "monitor", "-H", "127.0.0.1", "-P", str(agent.port), "-p", CHECK]
    curl = ["curl", "-sS", "-f", "-d", MONITOR, url]
    ca = str(home / "server.pem")
    ways = {"check_happo --ca": [*check, "--ca", ca], "curl --cacert": [*curl, "--cacert", ca],
            "check_happo": check, "curl -k": [*curl, "-k"]}
    times = {name: [] for name in ways}
    for number in range(count + 1):
        for name, argv in ways.items():
            begin = time.monotonic()
            run = subprocess.run(argv, capture_output=True, text=True, timeout=60)
            if run.returncode or "all is well" not in run.stdout:
                complain(f"{name} failed: {run.stdout.strip()} {run.stderr.strip()}")
            if number:  # the first one warms
                times[name].append((time.monotonic() - begin) * 1000)
        progress()
    return {name: {"median_ms": round(median(values), 1), "all_ms": values} for name, values in times.items()}


class ExecRate:
    """The agent's exec in a JVM of its own, with the very runtime, flags and environment that the running agent has."""

    def __init__(self, agent, home, script, distribution):
        argv = open(f"/proc/{agent.pid}/cmdline").read().split("\0")[:-1]
        environment = dict(entry.split("=", 1) for entry in open(f"/proc/{agent.pid}/environ").read().split("\0") if entry)
        runtime = os.readlink(f"/proc/{agent.pid}/exe")
        if AGENT_MAIN not in argv or "-cp" not in argv:
            complain(f"the agent does not run as 'java -cp ... {AGENT_MAIN}', so its exec cannot be measured apart")
        options = argv[1:argv.index(AGENT_MAIN)]
        at = options.index("-cp") + 1
        options[at] += f":{compile_java(home, EXEC_MAIN, distribution)}"
        self.process = start([runtime, *options, EXEC_MAIN, script], env=environment, stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)

    def measure(self, way, at_once, seconds):
        before = cpu(self.process.pid)[0]
        self.process.stdin.write(f"{way} {at_once} {round(seconds * 1000)}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            complain(f"{EXEC_MAIN} ended with exit code {self.process.wait(10)}")
        result = json.loads(answer)
        return result | {"own_cpu_us": round((cpu(self.process.pid)[0] - before) / max(1, result["ok"]) * 1e6, 1)}

    def end(self):
        self.process.stdin.close()
        self.process.wait(30)


def measure_rates(programs, agent, execs, script, rounds, seconds):
    """The rounds: in each the C loop, exec and the requests have their turn."""
    ask = lambda arguments, duration: run_load([programs["https_load"], "-p", agent.port, "-d", duration, *arguments])
    for _, arguments, _, _, _ in RATES:
        ask(arguments, seconds)  # warm
    for way in EXEC_WAYS:
        execs.measure(way, EXEC_AT_ONCE[-1], seconds)
    found = []
    for _ in range(rounds):
        one = {"spawn": {}, "spawn_read": {}, "exec": {way: {} for way in EXEC_WAYS}, "rates": {}}
        for at_once in EXEC_AT_ONCE:
            loop = [programs["spawn_loop"], "-C", at_once, "-d", seconds]
            one["spawn"][at_once] = run_load([*loop, script])
            one["spawn_read"][at_once] = run_load([*loop, "-R", script])
            for way in EXEC_WAYS:
                one["exec"][way][at_once] = execs.measure(way, at_once, seconds)
        for name, arguments, _, _, _ in RATES:
            one["rates"][name] = ask(arguments, seconds)
        found.append(one)
        progress()
    return found


def summarize(rounds):
    """Medians over the rounds; a ratio is the median of the ratios within each round."""
    errors = 0
    execs, rates = [], []
    for at_once in EXEC_AT_ONCE:
        loops = [one["spawn"][at_once] for one in rounds]
        lines = [("C loop", loops), ("C loop that reads the output", [one["spawn_read"][at_once] for one in rounds])]
        lines += [(title, [one["exec"][way][at_once] for one in rounds]) for way, title in EXEC_WAYS.items()]
        for title, runs in lines:
            errors += sum(run["errors"] for run in runs)
            execs.append({"name": title, "at_once": at_once, "per_second": median([run["per_second"] for run in runs]),
                          "of_loop": median([run["per_second"] / loop["per_second"] for run, loop in zip(runs, loops)]),
                          "own_cpu_us": median([run["own_cpu_us"] for run in runs])})
    for name, _, at_once, original, share in RATES:
        runs = [one["rates"][name] for one in rounds]
        errors += sum(run["errors"] for run in runs)
        to_loop = median([run["per_second"] / one["spawn"][at_once]["per_second"] for run, one in zip(runs, rounds)])
        rates.append({"name": name, "per_second": median([run["per_second"] for run in runs]),
                      "p50_ms": median([run["p50_ms"] for run in runs]), "p99_ms": median([run["p99_ms"] for run in runs]),
                      "client_cpu_ms": median([run["client_cpu_ms"] for run in runs]), "loop_at_once": at_once,
                      "to_loop": to_loop, "original_to_loop": original / ORIGINAL_SPAWN[at_once],
                      "to_original": to_loop / (original / ORIGINAL_SPAWN[at_once]), "bar": share})
    return execs, rates, errors


def bars(report):
    clients = report["clients"]
    found = [bar("start to the first answer, median", report["starts"]["start_ms"], 150, "ms")]
    for ours, theirs in (("check_happo --ca", "curl --cacert"), ("check_happo", "curl -k")):
        ms = clients[ours]["median_ms"]
        found += [bar(f"{ours}, median", ms, 100, "ms"),
                  bar(f"{ours} : {theirs}", round(ms / clients[theirs]["median_ms"], 2), 3, "times")]
    found += [bar(f"{one['name']} : the original", round(one["to_original"], 2), one["bar"], "times", at_least=True)
              for one in report["rates"]]
    found += [bar(f"exec : C loop, {one['at_once']} at once", round(one["of_loop"] * 100), 80, "%", at_least=True)
              for one in report["exec"] if one["name"] == "exec"]
    return found + [bar("wrong answers and failed runs", report["errors"], 0, "")]


def tables(report):
    starts, clients, memory = report["starts"], report["clients"], report["memory"]
    out = [table(("start, launcher to first answer", "happo-agent, median ms", "original, ms"),
                 ("keys are there", starts["start_ms"], ORIGINAL_START_MS), ("first start, makes keys", starts["first_ms"], "")),
           "", table(("memory", "happo-agent, MB", "original, MB"),
                     ("RSS, idle", f"{memory['idle_rss_kb'] / 1024:.1f}", ORIGINAL_RSS_MB),
                     ("RSS after the load below", f"{memory['after_rss_kb'] / 1024:.1f}", ORIGINAL_RSS_AFTER_MB)),
           "", table(("one check, client's start to end", "median ms", "of curl"), *(
               (name, clients[name]["median_ms"], ratio(clients[name]["median_ms"], clients[curl]["median_ms"]))
               for name, curl in (("check_happo --ca", "curl --cacert"), ("curl --cacert", "curl --cacert"),
                                  ("check_happo", "curl -k"), ("curl -k", "curl -k")))),
           "", table(("requests", "a second", "p50 ms", "p99 ms", "client's CPU, ms", "to the C loop",
                     "original to its C loop", "happo : original"), *(
               (one["name"], f"{one['per_second']:,.0f}", one["p50_ms"], one["p99_ms"],
                f"{one['client_cpu_ms']:.2f}", f"{one['to_loop']:.2f} (at {one['loop_at_once']})", f"{one['original_to_loop']:.2f}",
                f"{one['to_original']:.2f}") for one in report["rates"])),
           "", table(("running a script", "at once", "a second", "of the C loop", "own CPU each, µs"), *(
               (one["name"], one["at_once"], f"{one['per_second']:,.0f}", f"{one['of_loop']:.0%}", f"{one['own_cpu_us']:.0f}")
               for one in report["exec"])),
           "", bars_table(report["bars"])]
    return "\n".join(out)


def run(options, home):
    need("curl")
    plugins = home / "plugins"
    plugins.mkdir()
    script = write_script(plugins / CHECK, 'echo "OK - all is well"\n')
    make_certificate(home)
    programs = {"https_load": compile_c(home, "https_load", "ssl", "crypto"), "spawn_loop": compile_c(home, "spawn_loop")}
    agent_of = lambda name, *more: Agent(options, programs["https_load"], home / name, "--nagios-plugin-paths", plugins, *more)
    starts, clients, rounds, seconds = (3, 5, 1, 0.5) if options.quick else (11, 21, 5, 2)
    report = {"machine": machine(), "quick": options.quick, "rounds": rounds, "seconds": seconds}
    report["starts"] = measure_starts(agent_of, starts)
    keys = ("--public-key", home / "server.pem", "--private-key", home / "server.key")
    with agent_of("agent", *keys) as agent:
        time.sleep(1)
        idle = usage(agent.pid)
        report["clients"] = measure_clients(options, home, agent, clients)
        execs = ExecRate(agent, home, script, options.agent)
        try:
            found = measure_rates(programs, agent, execs, script, rounds, seconds)
        finally:
            execs.end()
        report["memory"] = {"idle_rss_kb": idle["rss_kb"], "after_rss_kb": usage(agent.pid)["rss_kb"],
                            "peak_rss_kb": usage(agent.pid)["peak_rss_kb"]}
    progress("\n")
    report["exec"], report["rates"], report["errors"] = summarize(found)
    report |= {"measured": found, "original_client_ms": ORIGINAL_CLIENT_MS}
    report["bars"] = bars(report)
    return report | {"markdown": tables(report)}


def main():
    parser = argparse.ArgumentParser(prog="./happo bench speed", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter measurements, for a trial")
    add_options(parser, "speed")
    options = parser.parse_args()
    with scratch("speed") as home:
        report = run(options, home)
    write_report(options.json, report)
    end_by(report["bars"])


main()
