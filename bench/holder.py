"""Runs one server and answers questions about it and all that descends from it.

  holder.py COMMAND...    then a word a line on stdin, an answer as JSON a line on stdout:
    pid      of the server
    cpu      seconds of CPU that the server and its descendants, living and dead, have used; what the dead that nobody
             else waited for used themselves, without what they ran, and the largest RSS one of them had, in KiB
    memory   processes, PSS and RSS in KiB of all of them that are no plugin, and how many plugins there are
    end      ends the server, waits for its descendants, and ends

nrpe forks twice for each connection, so that its workers belong to nobody: the holder makes itself the one to whom
orphans go, and so what they used is counted when they end.
"""
import ctypes, json, os, resource, signal, subprocess, sys, threading, time

PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_KIB = os.sysconf("SC_PAGE_SIZE") // 1024
# What the benchmark's commands consist of; everything else is the server's own doing.
PLUGINS = ("sh", "dash", "sleep", "check_true.sh", "check_slow.sh")
WAIT_FOR_THE_REST_SECONDS = 15

orphans = {"own_seconds": 0.0, "rss_kib": 0}


def stat(pid):
    """Name, parent and CPU seconds, with those of the children it waited for; None for one that is gone."""
    try:
        text = open(f"/proc/{pid}/stat", encoding="latin-1").read()
    except OSError:
        return None
    name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
    return name, int(rest[1]), sum(int(rest[n]) for n in (11, 12, 13, 14)) / TICKS


def descendants():
    """pid to (name, CPU seconds) of all that come from here."""
    known = {int(pid): found for pid in os.listdir("/proc") if pid.isdigit() and (found := stat(pid))}
    children = {}
    for pid, (_, parent, _) in known.items():
        children.setdefault(parent, []).append(pid)
    found, todo = {}, [os.getpid()]
    while todo:
        for pid in children.get(todo.pop(), []):
            found[pid] = (known[pid][0], known[pid][2])
            todo.append(pid)
    return found


def cpu():
    dead = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": dead.ru_utime + dead.ru_stime + sum(used for _, used in descendants().values()),
            "orphans_own_seconds": orphans["own_seconds"], "orphan_rss_kib": orphans["rss_kib"]}


def memory():
    answer = {"processes": 0, "plugins": 0, "pss_kib": 0, "rss_kib": 0}
    for pid, (name, _) in descendants().items():
        if name in PLUGINS:
            answer["plugins"] += 1
            continue
        try:
            rollup = open(f"/proc/{pid}/smaps_rollup").read()
            pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            rss = int(open(f"/proc/{pid}/statm").read().split()[1]) * PAGE_KIB
        except (OSError, StopIteration):
            continue
        answer["processes"] += 1
        answer["pss_kib"] += pss
        answer["rss_kib"] += rss
    return answer


def reap():
    """Waits for all that ends. What an orphan used itself is read before: afterwards it is one with what it waited for."""
    while True:
        try:
            pid = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT).si_pid
            try:
                orphans["own_seconds"] += int(open(f"/proc/{pid}/schedstat").read().split()[0]) / 1e9
            except (OSError, IndexError):
                pass  # a kernel that does not tell
            orphans["rss_kib"] = max(orphans["rss_kib"], os.wait4(pid, 0)[2].ru_maxrss)
        except ChildProcessError:
            return


def main():
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # Nobody waits through this object: reap() does, for it and for all orphans.
    server = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    threading.Thread(target=reap, daemon=True).start()
    questions = {"pid": lambda: server.pid, "cpu": cpu, "memory": memory}
    for line in sys.stdin:
        word = line.strip()
        if word == "end":
            break
        print(json.dumps(questions[word]()), flush=True)
    try:
        os.kill(server.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    deadline = time.monotonic() + WAIT_FOR_THE_REST_SECONDS
    while descendants() and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in descendants():
        os.kill(pid, signal.SIGKILL)
    os._exit(0)


main()
