"""The web page as somebody's browser asks for it: logged in, over a kept connection, with the stream that tells of changes."""
import http.client, http.server, json, queue, random, re, threading, time

from common import ANY_CERTIFICATE, complain

STATUSES = ("ok", "warning", "critical", "unknown")
LOAD_CHECK = "check_load"
SAMPLE = 200
PATIENCE_SECONDS = 60
REST_SECONDS = 5


class Browser:
    """Logged in as admin."""

    def __init__(self, hub):
        self.port = hub.port
        self.pages = self.connection()
        password = (hub.data / "admin-password").read_text().strip()
        self.pages.request("POST", "/v1/session", json.dumps({"user": "admin", "password": password}),
                           {"Content-Type": "application/json"})
        answer = self.pages.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            complain(f"nobody can log in: {answer.status} {text.strip()}")
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def connection(self):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=60, context=ANY_CERTIFICATE)

    def get(self, path):
        self.pages.request("GET", path, headers={"Cookie": self.cookie, "Accept": "text/html"})
        answer = self.pages.getresponse()
        body = answer.read()
        if answer.status != 200:
            complain(f"GET {path}: {answer.status}")
        return body

    def timed(self, path):
        """Milliseconds until all of a page is there, and its bytes."""
        begin = time.monotonic()
        body = self.get(path)
        return (time.monotonic() - begin) * 1000, len(body)

    def critical(self):
        """How many checks the overview calls critical."""
        found = re.search(r'href="/\?status=critical"[^>]*><b>([\d,]+)</b>', self.get("/").decode())
        return int(found[1].replace(",", ""))

    def status(self, agent):
        """What an agent's page says of its check."""
        for row in re.findall(r'<tr id="c\d+">.*?</tr>', self.get(f"/agents/{agent}").decode(), re.DOTALL):
            if f"/checks/{LOAD_CHECK}\"" in row:
                return re.search(r'class="status (\w+)', row)[1]
        return ""


class Live:
    """The stream that an open page listens to, read by a thread of its own as it comes."""

    def __init__(self, browser):
        self.events = queue.SimpleQueue()
        self.connection = browser.connection()
        self.connection.request("GET", "/live", headers={"Cookie": browser.cookie, "Accept": "text/event-stream"})
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            complain(f"GET /live: {self.answer.status}")
        threading.Thread(target=self.read, daemon=True).start()
        self.next()  # the first says where one stands

    def read(self):
        try:
            while line := self.answer.readline():
                if line.strip() == b"event: changed":
                    self.events.put(line)
        except (OSError, ValueError, http.client.HTTPException):
            pass  # next() tells when none comes any more

    def next(self):
        try:
            self.events.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            complain("GET /live: nothing comes")

    def forget(self):
        """What has come until now is older than what comes next."""
        while not self.events.empty():
            self.events.get()


class Receiver(http.server.BaseHTTPRequestHandler):
    """A webhook that takes everything."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def listen_for_messages(hub):
    """A channel: without one nobody is told of a trouble, and the store holds less of each."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {"url": f"http://127.0.0.1:{server.server_port}/"}
    hub.ask("PUT", "/v1/channels/bench", {"kind": "webhook", "settings": settings})


def ask_pages(browser, agents, rounds):
    """Milliseconds and bytes of each kind of page, asked in turns."""
    found = {kind: {"ms": [], "bytes": 0} for kind in ("overview", "agent", "agents")}
    for _ in range(rounds):
        for kind, path in (("overview", "/"), ("agent", f"/agents/{random.choice(agents)}"), ("agents", "/agents")):
            took, found[kind]["bytes"] = browser.timed(path)
            found[kind]["ms"].append(round(took, 2))
    return found


def see_changes(browser, fleet, agents, times):
    """Milliseconds from an agent's sending of another status until its page shows it, asked for when the hub tells of a
    change, and not else."""
    live, found = Live(browser), []
    for _ in range(times):
        number, agent = random.choice(list(agents.items()))
        status = 0 if browser.status(agent) == "critical" else 2
        time.sleep(random.uniform(0, 1.5))  # at any time between two events
        live.forget()
        sent = fleet.say("change", number, status)["at"]
        shown = ""
        while shown != STATUSES[status]:
            live.next()
            shown = browser.status(agent)
            took = time.time() * 1000 - sent
            if took > PATIENCE_SECONDS * 1000:
                complain(f"the page of agent {number} does not show that it is {STATUSES[status]}")
        found.append(round(took, 1))
    live.connection.close()
    return found


def pages(hub, fleet, count, every_seconds, share, rounds, times):
    """Pages while all agents send results: first with no check in trouble, then with a share of them."""
    hub.connect()
    listen_for_messages(hub)
    agents = {number: hub.ask("GET", f"/v1/agents/simulated-{number}")["id"]
              for number in random.sample(range(count), min(count, SAMPLE))}
    fleet.say("begin", every_seconds)
    time.sleep(every_seconds)
    browser = Browser(hub)
    before, begin = hub.cpu(), time.monotonic()
    report = {"rounds": rounds, "well": ask_pages(browser, list(agents.values()), rounds)}
    report["critical"] = fleet.say("trouble", share)["critical"]
    until = time.monotonic() + every_seconds + PATIENCE_SECONDS
    while browser.critical() < report["critical"]:
        if time.monotonic() > until:
            complain("the overview does not show the checks that are in trouble")
        time.sleep(0.5)
    time.sleep(REST_SECONDS)
    report["troubled"] = ask_pages(browser, list(agents.values()), rounds)
    report["change_ms"] = see_changes(browser, fleet, agents, times)
    report["cpu"] = (hub.cpu() - before) / (time.monotonic() - begin) * 100
    report["load"] = fleet.say("end")
    return report
