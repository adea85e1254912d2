// The page of a dashboard: which time it shows, what is picked, how often it asks again; all of it is in the address.
"use strict";
(() => {
  const place = document.getElementById("graphs");
  const { fill, make, millis, name, panel, show } = panels;
  const dashboard = JSON.parse(place.dataset.dashboard);
  const form = document.getElementById("shown");
  const picks = [...form.querySelectorAll("input[list]")];
  const address = () => new URLSearchParams(location.search);
  const choices = dashboard.choose ?? [];
  const refresh = form.querySelector("select"); // Not by its name: what is picked may be called like anything of a form.

  /** Not what the inputs hold: they are empty, or hold half a name, while somebody picks. */
  const picked = Object.fromEntries(picks.map((input) => [input.name, input.value.trim()]));

  const usual = dashboard.span === "1d" ? "24h" : dashboard.span;
  const span = () => (/^[0-9]{1,5}[smhd]$/.test(address().get("span")) ? address().get("span") : usual);

  function range() {
    const [from, to] = ["from", "to"].map((name) => Date.parse(address().get(name)));
    return from < to ? { from, to } : { from: Date.now() - millis(span()), to: Date.now() };
  }

  const fixed = () => address().has("from");

  const all = dashboard.graphs.map(panel);
  const seen = new Set();
  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      const one = all.find(({ figure }) => figure === target);
      isIntersecting ? seen.add(one) : seen.delete(one);
      if (isIntersecting && one.due) {
        one.due = false;
        show(one, current);
      }
    }
  }, { rootMargin: "300px" });

  let current = null;

  /** All are asked for anew; those out of sight when somebody comes to see them. */
  function load() {
    const missing = choices.find((choice) => !choice.all && !picked[choice.name]);
    current = { ...range(), picked: { ...picked }, select: (from, to) => go({ from: plot.iso(from), to: plot.iso(to), span: null }) };
    for (const one of all) {
      name(one, picked);
      if (missing) {
        one.body.replaceChildren(make("p", `Pick ${missing.tag ? "a value of " + missing.tag : "an agent"} above.`, "said"));
        continue;
      }
      one.due = !seen.has(one);
      if (!one.due) {
        show(one, current);
      }
    }
    const title = fill(dashboard.title, Object.fromEntries(Object.entries(picked).map(([name, value]) => [name, value || "all"])));
    document.getElementById("title").textContent = title;
    document.title = document.title.replace(/^.* · /, title.replaceAll("$", "$$$$") + " · ");
    document.getElementById("as-of").textContent = fixed()
      ? `${plot.exactly(current.from)} – ${plot.exactly(current.to)}` : "as of " + new Date(current.to).toLocaleTimeString();
    last = Date.now();
  }

  /** Into the address goes what is other now: it can be shared. */
  function go(changes) {
    const query = address();
    for (const [name, value] of Object.entries(changes)) {
      value === null ? query.delete(name) : query.set(name, value);
    }
    for (const [name, value] of Object.entries(picked)) {
      value ? query.set(name, value) : query.delete(name);
    }
    history.replaceState(null, "", location.pathname + (query.size ? "?" + query : ""));
    for (const link of form.querySelectorAll("[data-span]")) {
      const here = !fixed() && link.dataset.span === span();
      here ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
    details.toggleAttribute("data-used", fixed());
    load();
  }

  form.addEventListener("click", (event) => {
    const link = event.target.closest("[data-span]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      go({ span: link.dataset.span, from: null, to: null });
    }
  });

  const details = form.querySelector("details.range");
  const times = [...details.querySelectorAll("input")];
  details.addEventListener("toggle", () => {
    if (details.open) {
      const { from, to } = range();
      times[0].value = plot.local(from);
      times[1].value = plot.local(to);
    }
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [from, to] = times.map((input) => new Date(input.value).getTime());
    if (!details.open) {
      load();
    } else if (from < to) {
      details.open = false;
      go({ from: plot.iso(from), to: plot.iso(to), span: null });
    } else {
      happo.say("The first time must be before the second one.", true);
    }
  });

  // ---- What is picked

  /** Of a list, not one letter after the other: a name may begin another one. */
  const isPick = (event) => !event.inputType || event.inputType === "insertReplacementText";

  for (const input of picks) {
    // A list shows only what suits the text: to pick another one that must be empty.
    input.addEventListener("focus", () => {
      input.placeholder = input.value || input.placeholder;
      input.value = "";
    });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        input.value = "";
        input.blur();
      } else if (event.key === "Enter") {
        event.preventDefault();
        input.blur();
      }
    });
    let timer = 0;
    input.addEventListener("input", (event) => {
      if (isPick(event) && [...input.list.options].some((option) => option.value === input.value)) {
        input.blur();
        return;
      }
      clearTimeout(timer);
      timer = input.dataset.tag ? 0 : setTimeout(() => search(input), 250);
    });
    input.addEventListener("blur", () => {
      const before = picked[input.name];
      const any = choices.find(({ name }) => name === input.name).all;
      const typed = input.value.trim() || before;
      picked[input.name] = typed !== "all" && typed !== "*" ? typed : any ? "" : before;
      input.value = picked[input.name];
      input.placeholder = any ? "all" : "name";
      if (input.value !== before) {
        go({});
      }
    });
  }

  async function search(input) {
    try {
      const found = await happo.ask("GET", `/v1/agents?search=${encodeURIComponent(input.value.trim())}&limit=50`);
      const names = new Set(found.agents.map((agent) => agent.name));
      input.list.replaceChildren(...[...names].map((name) => new Option("", name)));
    } catch {
      // What came with the page stays.
    }
  }

  // ---- Again and again

  let last = 0;
  const every = () => (refresh.value === "off" ? Infinity : millis(refresh.value));
  setInterval(() => {
    if (!document.hidden && !fixed() && Date.now() - last >= every()) {
      load();
    }
  }, 1000);
  refresh.addEventListener("change", () => go({ refresh: refresh.value }));
  document.addEventListener("theme", () => current && load());
  const changed = document.getElementById("changed");
  const revision = changed.dataset.revision;
  document.addEventListener("refreshed", () => changed.dataset.revision !== revision && location.reload());

  // ---- Sharing, and a screen on a wall

  document.getElementById("share").addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      happo.say("The link is copied: it shows what you see.");
    } catch {
      happo.say("The browser does not let pages copy: the address above is the link.", true);
    }
  });

  const leave = document.getElementById("leave");
  function screen(on) {
    document.body.classList.toggle("screen", on);
    leave.hidden = !on;
    const query = address();
    on ? query.set("screen", "full") : query.delete("screen");
    history.replaceState(null, "", location.pathname + (query.size ? "?" + query : ""));
  }
  document.getElementById("screen").addEventListener("click", () => {
    screen(true);
    leave.focus();
    document.documentElement.requestFullscreen?.().catch(() => {}); // Without it too there is more room.
  });
  leave.addEventListener("click", () => {
    screen(false);
    document.fullscreenElement && document.exitFullscreen();
    document.getElementById("screen").focus();
  });
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || screen(false));
  if (address().get("screen") === "full") {
    screen(true);
  }

  place.replaceChildren(...all.map(({ figure }) => figure));
  go({});
  all.forEach(({ figure }) => sight.observe(figure));
})();
