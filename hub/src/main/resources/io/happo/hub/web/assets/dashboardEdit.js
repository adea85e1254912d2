// Changes a dashboard: fields for each graph, drawn as they are now; or all of it as JSON.
"use strict";
(() => {
  const { list, make, millis, panel, show } = panels;
  const form = document.getElementById("dashboard");
  const graphs = document.getElementById("graphs");
  const template = document.getElementById("graph");
  const name = form.dataset.name;
  let changed = false;

  addEventListener("beforeunload", (event) => changed && event.preventDefault());
  form.addEventListener("input", () => (changed = true));

  // ---- Fields of a graph, and the graph

  const COMMAS = (text) => text.split(",").map((part) => part.trim()).filter((part) => part);
  const one = (values) => (values.length > 1 ? values : values[0]);
  const numeral = (text) => (text === "" ? undefined : Number(text));

  /** Of each field: what it says of a graph, and what a graph says of it. */
  const FIELDS = {
    title: [(text) => text.trim(), (graph) => graph.title],
    kind: [(text) => (text === "line" ? undefined : text), (graph) => graph.kind ?? "line"],
    metric: [(text) => one(COMMAS(text)), (graph) => list(graph.metric).join(", ")],
    check: [(text) => text.trim(), (graph) => graph.check],
    host: [(text) => text.trim(), (graph) => graph.host],
    aggregate: [(text) => (text === "none" ? undefined : text), (graph) => graph.aggregate ?? "none"],
    by: [(text) => one(happo.words(text)), (graph) => list(graph.by).join(" ")],
    as: [(text) => text, (graph) => graph.as],
    unit: [(text) => text.trim(), (graph) => graph.unit],
    min: [numeral, (graph) => graph.min],
    max: [numeral, (graph) => graph.max],
    most: [numeral, (graph) => graph.most],
    wide: [(value) => value || undefined, (graph) => graph.wide],
    stacked: [(value) => value || undefined, (graph) => graph.stacked],
  };

  const field = (row, of) => row.querySelector(`[data-field="${of}"]`);

  const read = (row) => (row.written ? row.written() : readFields(row));

  function readFields(row) {
    const graph = {};
    for (const [of, [read]] of Object.entries(FIELDS)) {
      const input = field(row, of);
      const value = read(input.type === "checkbox" ? input.checked : input.value);
      if (value !== undefined && value !== "") {
        graph[of] = value;
      }
    }
    const agents = happo.words(field(row, "agents").value);
    const tags = happo.tags(field(row, "tags").value);
    if (agents.length || Object.keys(tags).length) {
      graph.for = { ...(Object.keys(tags).length && { tags }), ...(agents.length && { agents }) };
    }
    if (graph.kind) {
      delete graph.stacked; // It belongs to lines.
    }
    if (!graph.aggregate) {
      delete graph.by;
    }
    return graph;
  }

  function write(row, graph) {
    for (const [of, [, write]] of Object.entries(FIELDS)) {
      const input = field(row, of);
      if (input.type === "checkbox") {
        input.checked = Boolean(write(graph));
      } else {
        input.value = write(graph) ?? "";
      }
    }
    field(row, "agents").value = list(graph.for?.agents).join(" ");
    field(row, "tags").value = Object.entries(graph.for?.tags ?? {}).map(([tag, values]) => `${tag}=${list(values).join(",")}`).join(" ");
    fit(row);
  }

  /** What means the same looks the same: in any order, and one of something as a list or not. */
  function plainly(value) {
    if (Array.isArray(value) && value.length === 1) {
      return plainly(value[0]);
    }
    return typeof value !== "object" || value === null ? JSON.stringify(value)
      : JSON.stringify(Object.entries(value).map(([name, inner]) => [name, plainly(inner)]).sort());
  }

  const USUAL = { kind: "line", aggregate: "none", wide: false, stacked: false };
  const unusual = (graph) => Object.fromEntries(Object.entries(graph).filter(([name, value]) => value !== USUAL[name]));

  /** Fields cannot hold all that a file can, such as a tag with a blank: such a graph stays as it is, and is changed as JSON. */
  function asJson(row, graph) {
    const text = field(row, "json");
    row.querySelector("[data-as=fields]").remove();
    row.querySelector("[data-as=json]").hidden = false;
    text.value = JSON.stringify(graph, null, 2);
    let last = graph;
    row.written = () => {
      try {
        const read = JSON.parse(text.value);
        text.setCustomValidity(isObject(read) ? "" : "This is no graph.");
        last = isObject(read) ? read : last;
      } catch (error) {
        text.setCustomValidity("This is no JSON: " + error.message);
      }
      return last;
    };
    fit(row);
  }

  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

  /** Only what belongs to what is chosen can be filled in. */
  function fit(row) {
    const graph = read(row);
    if (!row.written) {
      field(row, "by").disabled = !graph.aggregate;
      field(row, "stacked").disabled = Boolean(graph.kind);
    }
    const summary = row.querySelector("summary");
    const metrics = list(graph.metric).join(", ");
    summary.replaceChildren(graph.title || metrics || "New graph", make("small", graph.title ? metrics : "", "faint"));
  }

  // ---- What it looks like

  /** Of agents some one is shown, of all else everything. */
  let agent = "";
  const picked = () => Object.fromEntries(choices().map(({ name, tag, all }) => [name, tag || all ? "" : agent]));

  function draw(row) {
    const place = row.querySelector(".preview-graph");
    const graph = read(row);
    if (!row.querySelector("details").open || !list(graph.metric).length) {
      place.replaceChildren();
      return;
    }
    const last = place.panel;
    const made = panel(graph);
    place.panel = made;
    last?.chart?.destroy();
    place.replaceChildren(made.figure);
    const span = happo.seconds(form.elements.span.value) ? millis(form.elements.span.value) : 86400e3;
    show(made, { from: Date.now() - span, to: Date.now(), picked: picked() });
  }

  const timers = new WeakMap();
  function later(row) {
    clearTimeout(timers.get(row));
    timers.set(row, setTimeout(() => draw(row), 500));
  }

  // ---- The graphs

  function add(graph, open, before = null) {
    const row = template.content.firstElementChild.cloneNode(true);
    graphs.insertBefore(row, before);
    write(row, graph);
    if (Object.keys(graph).length && plainly(readFields(row)) !== plainly(unusual(graph))) {
      asJson(row, graph);
    }
    row.querySelector("details").addEventListener("toggle", () => draw(row));
    row.querySelector("details").open = open;
    return row;
  }

  graphs.addEventListener("input", (event) => {
    const row = event.target.closest("li");
    fit(row);
    later(row);
    if (event.target.dataset.field === "metric") {
      search(event.target.value);
    }
  });

  graphs.addEventListener("focusin", (event) => event.target.dataset?.field === "metric" && search(event.target.value));

  graphs.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-do]");
    if (!button) {
      return;
    }
    const row = button.closest("li");
    changed = true;
    switch (button.dataset.do) {
      case "up":
        row.previousElementSibling?.before(row);
        break;
      case "down":
        row.nextElementSibling?.after(row);
        break;
      case "copy":
        add(read(row), true, row.nextSibling).querySelector("summary").focus();
        return;
      default:
        if (await happo.confirmed(`Delete the graph ${read(row).title ?? ""}?`)) {
          (row.nextElementSibling ?? row.previousElementSibling)?.querySelector("summary").focus();
          row.remove();
        }
        return;
    }
    button.focus();
    row.scrollIntoView({ block: "nearest" });
  });

  document.getElementById("add").addEventListener("click", () => {
    changed = true;
    const row = add({}, true);
    field(row, "title").focus();
  });

  let timer = 0;
  function search(text) {
    clearTimeout(timer);
    const word = text.split(",").at(-1).split("*").sort((a, b) => b.length - a.length)[0].trim();
    timer = setTimeout(async () => {
      try {
        const found = await happo.ask("GET", "/v1/metrics?" + new URLSearchParams({ search: word, max: 50 }));
        document.getElementById("metrics").replaceChildren(...found.metrics.map((metric) => {
          const option = new Option("", metric.name);
          option.label = [metric.check && "of " + metric.check, metric.unit, metric.series + " series"].filter((one) => one).join(", ");
          return option;
        }));
      } catch {
        // What is written counts, whatever there is.
      }
    }, 250);
  }

  // ---- All of it

  /** agent role=role* to [{name: agent}, {name: role, tag: role, all: true}]. */
  const readChoices = () => happo.words(form.elements.choose.value).map((word) => {
    const [, name, tag, all] = /^(.*?)(?:=(.*?))?(\*?)$/.exec(word);
    return { name, ...(tag && { tag }), ...(all && { all: true }) };
  });

  let written = null;
  const choices = () => written ?? readChoices();

  /** Those that the field cannot hold stay as they are. */
  function writeChoices(given) {
    const field = form.elements.choose;
    field.value = given.map(({ name, tag, all }) => name + (tag ? "=" + tag : "") + (all ? "*" : "")).join(" ");
    written = plainly(readChoices()) === plainly(given) ? null : given;
    field.readOnly = Boolean(written);
    field.title = written ? "Only as JSON, below, can these be changed." : "";
  }

  function whole() {
    const made = { name: form.elements.name.value.trim(), title: form.elements.title.value.trim(), span: form.elements.span.value, refresh: form.elements.refresh.value };
    if (!made.title) {
      delete made.title;
    }
    if (choices().length) {
      made.choose = choices();
    }
    return { ...made, graphs: [...graphs.children].map(read) };
  }

  function take(dashboard) {
    form.elements.title.value = dashboard.title ?? "";
    form.elements.span.value = dashboard.span ?? "24h";
    form.elements.refresh.value = dashboard.refresh ?? "1m";
    writeChoices(list(dashboard.choose));
    if (!name && dashboard.name) {
      form.elements.name.value = dashboard.name;
    }
    graphs.replaceChildren();
    list(dashboard.graphs).forEach((graph, i) => add(graph, i === 0 && dashboard.graphs.length < 3));
  }

  const expert = document.getElementById("expert");
  const json = document.getElementById("json");
  expert.addEventListener("toggle", () => expert.open && (json.value = JSON.stringify(whole(), null, 2)));
  document.getElementById("take").addEventListener("click", () => {
    try {
      const read = JSON.parse(json.value);
      if (typeof read !== "object" || read === null || !Array.isArray(read.graphs)) {
        throw new Error("it has no list graphs");
      }
      take(read);
      changed = true;
      happo.say("Taken. Save it to keep it.");
    } catch (error) {
      happo.say("This is no dashboard: " + error.message, true);
    }
  });

  // ---- Saving

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    happo.problem(form, "");
    const dashboard = whole();
    try {
      await happo.ask("PUT", "/v1/dashboards/" + encodeURIComponent(dashboard.name), { dashboard, base: Number(form.dataset.base) });
      changed = false;
      location.assign("/dashboards/" + encodeURIComponent(dashboard.name));
    } catch (error) {
      happo.problem(form, error.status === 409 && !name ? `There is a dashboard ${dashboard.name} already: give this one another name.` : error.message);
    }
  });

  // A field that is wrong may be in a graph that is folded up.
  form.addEventListener("invalid", (event) => {
    const details = event.target.closest("details");
    if (details) {
      details.open = true;
    }
  }, true);

  document.getElementById("remove")?.addEventListener("click", async () => {
    if (await happo.confirmed(`Remove the dashboard ${name}?`)) {
      try {
        await happo.ask("DELETE", `/v1/dashboards/${encodeURIComponent(name)}?base=${form.dataset.base}`);
        changed = false;
        location.assign("/dashboards");
      } catch (error) {
        happo.problem(form, error.message);
      }
    }
  });

  document.addEventListener("theme", () => [...graphs.children].forEach(draw));
  happo.ask("GET", "/v1/agents?limit=1").then((found) => {
    agent = found.agents[0]?.name ?? "";
    [...graphs.children].forEach(draw);
  }, () => {});
  take(JSON.parse(form.dataset.dashboard));
  if (!graphs.children.length) {
    add({}, true);
  }
})();
