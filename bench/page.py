#!/usr/bin/env python3
"""Writes docs/performance.md from what the benches left in bench/target.

  ./happo bench page [--figures DIR] [--page FILE]
"""
import argparse, json, pathlib, sys

from common import BENCH, ROOT, is_busy

HEAD = """# Performance

<!-- Made by ./happo bench page from the figures of the benches: change bench/page.py, or measure again; not this page. -->

What Happo needs and how fast it is, beside its peers on the same machine at the same time. Measure it yourself, on a quiet
Linux machine ([how each figure comes about](../bench/README.md)):

```sh
{commands}
./happo bench page   # writes this page
```

{machines}. Ratios travel between machines, absolute figures do not.
"""
# Bench, its command, heading, what stands above its tables.
PARTS = [
    ("acceptance", "./happo bench acceptance --minutes {minutes:g}", "Acceptance run: {minutes:g} minutes",
     """10,000 checks in 45 minutes (3.7 a second), each on a new TLS connection; 200 metric values a minute, fetched every 5 minutes.
The agent is started through its launcher with its default flags. The real nrpe does the same checks at the same time over TLS;
*the bare plugins* are the same scripts, run as often by a C program that does nothing else. StatsD (50 packets a second) and Graphite
(100 lines each 10 seconds) are in use; `--without-metrics-doors` leaves them out, and the bars are those without them."""),
    ("speed", "./happo bench speed", "Speed",
     """Figures are medians; rates those of {rounds} rounds of {seconds:g} s. *To the C loop* divides by the rate of a C program that
runs the same script with `posix_spawn` in the same round, at as many at once as in parentheses. The original is happo-agent 3.1.3
(Go), with its own C loop on a machine of the same kind; *happo : original* divides the two."""),
    ("nrpe", "./happo bench nrpe", "NRPE",
     "The NRPE door beside the real nrpe 4.1.0; *ours : this* is our figure divided by that of the line."),
    ("nrpe-load", "./happo bench nrpe --load", "`check_load` by NRPE",
     """The real nrpe 4.1.0 starts Debian's plugin, ours is the built-in check of the same name, by the same line of the same nrpe.cfg. Each is
warm. Client and servers share the cores: a handshake costs the client as much as all of a check costs ours."""),
    ("starved", "./happo bench starved", "An agent on a starved machine",
     "The packaged hub, and an agent with built-in checks and scripts, while other programs take all processors and most of the memory."),
    ("fleet", "./happo bench fleet", "A hub with {agents:,} agents",
     """The packaged hub on SQLite with its default flags; agents are simulated by a program on the same machine, each with its own key and its
own session over TLS. What is acknowledged is synced to disk."""),
    ("intake", "./happo bench intake", "What the hub stores",
     "The hub's intake alone, within one JVM, on SQLite: 10,000 agents with one check each, results synced to disk."),
    ("metrics", "./happo bench metrics", "What is measured: {agents:,} agents, {days} days",
     """All but the last day is stored as fast as it goes, half a day of an agent at once; the last one as agents bring it, minute by minute, each
group synced. Of ours, values one by one are kept 7 days, as parts of 5 minutes and of an hour beyond; Prometheus keeps all values. Graphs are
asked for over the REST API of the packaged hub, and over Prometheus' own."""),
]


def machine_of(report):
    one = report["machine"]
    return f"{one['cores']} cores ({one['kind']}), {one['date']}"


def command_of(report, command):
    return command.format(**report) + (" --quick" if report.get("quick") else "")


def part(report, heading, about):
    one = report["machine"]
    rough = (f"**Rough figures**: the machine had other work when it was measured (load average {one['load']}).\n\n"
             if is_busy(one["load"], one["cores"]) else "")
    return f"## {heading.format(**report)}\n\n{rough}{about.format(**report)}\n\n{report['markdown']}\n"


def main():
    parser = argparse.ArgumentParser(prog="./happo bench page", description=__doc__.splitlines()[0])
    parser.add_argument("--figures", metavar="DIR", type=pathlib.Path, default=BENCH / "target", help="where the JSON is")
    parser.add_argument("--page", metavar="FILE", type=pathlib.Path, default=ROOT / "docs/performance.md")
    options = parser.parse_args()
    reports = {}
    for name, *_ in PARTS:
        path = options.figures / f"{name}.json"
        if path.exists():
            reports[name] = json.loads(path.read_text())
            if "markdown" not in reports[name]:
                sys.exit(f"bench page: {path} is of an older bench: run ./happo bench {name} again")
    if not reports:
        sys.exit(f"bench page: nothing was measured yet: no figures in {options.figures}")
    parts = [part for part in PARTS if part[0] in reports]
    machines = sorted({machine_of(report) for report in reports.values()})
    text = [HEAD.format(commands="\n".join(command_of(reports[name], command) for name, command, *_ in parts),
                        machines="Measured on " + "; ".join(machines))]
    text += [part(reports[name], heading, about) for name, _, heading, about in parts]
    options.page.write_text("\n".join(text))
    missing = [name for name, *_ in PARTS if name not in reports]
    print(f"{options.page} is written" + (f"; without {' and '.join(missing)}, not measured here" if missing else ""))


main()
