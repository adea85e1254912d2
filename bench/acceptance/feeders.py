"""What programs of a machine send to its agent: StatsD packets and lines of Graphite, and what has to come out of it."""
import socket, threading, time

PACKETS_PER_SECOND = 50
GRAPHITE_SECONDS, GRAPHITE_VALUES = 10, 100
# 40 names, by type, and what the agent makes of each.
KINDS = {"c": (20, ("count", "rate")), "g": (10, ()), "ms": (8, ("count", "sum", "lower", "upper", "mean", "median", "upper_95")),
         "s": (2, ())}


def names():
    """Each name that is sent, with its type."""
    return [(f"app.{kind}.name_{number}", kind) for kind, (count, _) in KINDS.items() for number in range(count)]


def expected_names():
    made = {f"{name}.{suffix}" for name, kind in names() for suffix in KINDS[kind][1]}
    return made | {name for name, kind in names() if not KINDS[kind][1]} | {graphite_name(n) for n in range(GRAPHITE_VALUES)}


def graphite_name(number):
    return f"collected.cpu-{number % 10}.value_{number};source=bench"


class Feeders:
    """Sends until it is stopped; knows what it has sent."""

    def __init__(self, statsd_port, graphite_port):
        self.statsd_port, self.graphite_port = statsd_port, graphite_port
        self.counted, self.lines, self.over = 0, 0, threading.Event()
        self.threads = [threading.Thread(target=one, daemon=True) for one in (self.statsd, self.graphite)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def statsd(self):
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        all_names, begin, number = names(), time.monotonic(), 0
        while not self.over.wait(max(0, begin + number / PACKETS_PER_SECOND - time.monotonic())):
            name, kind = all_names[number % len(all_names)]
            sender.sendto(f"{name}:{1 if kind == 'c' else number % 1000}|{kind}".encode(), ("127.0.0.1", self.statsd_port))
            self.counted += kind == "c"
            number += 1

    def graphite(self):
        with socket.create_connection(("127.0.0.1", self.graphite_port)) as sender:
            while True:
                now = int(time.time())
                sender.sendall("".join(f"{graphite_name(n)} {n}.{now % 10} {now}\r\n" for n in range(GRAPHITE_VALUES)).encode())
                self.lines += GRAPHITE_VALUES
                if self.over.wait(GRAPHITE_SECONDS):
                    return


class Received:
    """What came out of the agent of that."""

    def __init__(self):
        self.names, self.counted, self.lines = set(), 0, 0

    def add(self, metrics):
        self.names |= metrics.keys()
        for name, value in metrics.items():
            if name.startswith("app.c.") and name.endswith(".count"):
                self.counted += value
            self.lines += name.startswith("collected.")

    def missing(self, sent):
        """Counts, lines and names that were sent and did not come, or came too often."""
        return round(abs(sent.counted - self.counted) + abs(sent.lines - self.lines) + len(expected_names() ^ self.names))
