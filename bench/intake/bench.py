#!/usr/bin/env python3
"""How many results the hub's intake stores, apart from the link: within one JVM, synced to disk.

  ./happo bench intake [--quick] [--store URL] [--hub DIR] [--json FILE]

Exit 1 when a bar is not kept. See bench/README.md for what is measured and how to read it.
"""
import argparse, pathlib, sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from common import (ROOT, add_options, bar, bars_table, compile_java, end_by, machine, progress, run_load, scratch, table,
                    write_report)

INTAKE = "io.happo.bench.IntakeRate"
# Name; results of a batch, values of performance data of each, results a second (0: as fast as they are taken).
RUNS = [("batches of one result", 1, 0, 0), ("batches of 20", 20, 0, 0), ("batches of 20, three values each", 20, 3, 0),
        ("batches of one, 1,000 results a second", 1, 0, 1_000)]
AGENTS, CHECKS = 10_000, 1


def measure(options, home):
    report = {"machine": machine(), "quick": options.quick, "runs": []}
    seconds = 4 if options.quick else 20
    hub = options.hub.resolve()
    classes = compile_java(home, INTAKE, hub)
    libraries = ":".join(str(path) for path in (hub / "lib").glob("*.jar"))
    for number, (name, items, values, rate) in enumerate(RUNS):
        folder = home / f"store-{number}"
        folder.mkdir()
        words = [hub / "runtime/bin/happo-hub", "-XX:+UseG1GC", "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED",
                 "-cp", f"{classes}:{libraries}", INTAKE, options.store or f"sqlite:{folder}", AGENTS, CHECKS, items, values, seconds]
        report["runs"].append(run_load(words + ([rate] if rate else []), 60 + 5 * seconds) | {"name": name, "rate": rate})
        progress()
    progress("\n")
    report["bars"] = [bar(f"{one['name']}, stored a second", round(one["per_second"]), 20_000, "/s", at_least=True)
                      for one in report["runs"][:2]]
    return report | {"markdown": tables(report)}


def tables(report):
    return "\n".join([
        table(("results", "stored a second", "commits a second", "CPU each, µs", "acknowledged after, p50 ms", "p99 ms", "most, ms",
               "bytes on disk each"),
              *((one["name"], f"{one['per_second']:,.0f}", f"{one['groups'] / one['seconds']:.0f}", one["cpu_us_each"],
                 one["ack_ms"]["p50"], one["ack_ms"]["p99"], one["ack_ms"]["max"], f"{one['disk_bytes_each']:.0f}")
                for one in report["runs"])),
        "", bars_table(report["bars"])])


def main():
    parser = argparse.ArgumentParser(prog="./happo bench intake", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="shorter measurements, for a trial")
    parser.add_argument("--store", metavar="URL", help="an empty database: jdbc:postgresql://HOST/DATABASE?user=NAME; SQLite unless given")
    parser.add_argument("--hub", metavar="DIR", type=pathlib.Path, help="another distribution of the hub (dist/target/happo-hub)",
                        default=ROOT / "dist/target/happo-hub")
    add_options(parser, "intake")
    options = parser.parse_args()
    with scratch("intake") as home:
        report = measure(options, home)
    write_report(options.json, report)
    end_by(report["bars"])


main()
