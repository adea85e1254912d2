// The panels of dashboards: asks for what each graph shows, a few at once, and draws it.
"use strict";
const panels = (() => {
  const AT_ONCE = 4;

  /** A number is the newest of no more than this: a part of a year has an average of a day. */
  const LATELY = 6 * 3600e3;
  const UNITS = { s: 1e3, m: 60e3, h: 3600e3, d: 86400e3 };

  const millis = (span) => Number(span.slice(0, -1)) * UNITS[span.slice(-1)];

  function make(tag, text = "", style = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    if (style) {
      made.className = style;
    }
    return made;
  }

  const list = (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

  // ---- Asking

  const waiting = [];
  let asking = 0;

  /** As happo.ask, but only a few at the same time, and nothing that nobody wants any more. */
  function ask(path, wanted) {
    return new Promise((done, failed) => {
      waiting.push(async () => {
        try {
          done(wanted() ? await happo.ask("GET", path) : null);
        } catch (error) {
          failed(error);
        }
      });
      next();
    });
  }

  async function next() {
    while (asking < AT_ONCE && waiting.length) {
      asking++;
      const one = waiting.shift();
      one().finally(() => {
        asking--;
        next();
      });
    }
  }

  const fill = (text, picked) => text.replace(/\{\{([^{}]*)\}\}/g, (all, name) => (Object.hasOwn(picked, name) ? picked[name] || "*" : all));

  /** A filter that is nothing but a choice of which all are shown is none. */
  const filters = (values, picked) => list(values).filter((value) => {
    const name = /^\{\{([^{}]*)\}\}$/.exec(value)?.[1];
    return name === undefined || !Object.hasOwn(picked, name) || picked[name] !== "";
  }).map((value) => fill(value, picked));

  /** What is asked for, for each of a graph's metrics. */
  function queries(graph, shown) {
    return list(graph.metric).map((metric) => {
      const query = new URLSearchParams({ metric: fill(metric, shown.picked) });
      for (const one of ["check", "host"]) {
        if (graph[one]) {
          query.set(one, fill(graph[one], shown.picked));
        }
      }
      filters(graph.for?.agents, shown.picked).forEach((agent) => query.append("agent", agent));
      for (const [tag, values] of Object.entries(graph.for?.tags ?? {})) {
        filters(values, shown.picked).forEach((value) => query.append("tag", `${tag}:${value}`));
      }
      if (graph.aggregate && graph.aggregate !== "none") {
        query.set("aggregate", graph.aggregate);
        list(graph.by).forEach((one) => query.append("by", one));
      }
      if (graph.as) {
        query.set("as", graph.as);
      }
      query.set("from", graph.kind === "number" ? Math.max(shown.from, shown.to - LATELY) : shown.from);
      query.set("to", shown.to);
      query.set("points", graph.wide ? 500 : 250);
      query.set("max", graph.most ?? 20);
      return "/v1/metrics/query?" + query;
    });
  }

  // ---- What lines are called

  const NAMES = ["agent", "host", "check", "name"];

  function parts(series) {
    const made = {};
    for (const name of NAMES) {
      if (series[name] && !(name === "host" && series.host === series.agent)) {
        made[name] = series[name];
      }
    }
    for (const [name, value] of Object.entries(series.tags ?? {})) {
      made["tag " + name] = value;
    }
    return made;
  }

  /** Only what differs: nobody reads the same agent twenty times. */
  function labels(all) {
    const of = all.map(parts);
    const names = [...new Set([...NAMES, ...of.flatMap(Object.keys)])].filter((name) => new Set(of.map((one) => one[name] ?? "")).size > 1);
    return all.map((series, i) => {
      const given = names.filter((name) => of[i][name]).map((name) => of[i][name]);
      return given.join(" ") || series.name || series.check || series.agent || series.host || "all";
    });
  }

  /** How values are written: as the graph says, or as they were measured; how much a counter rises is of a second. */
  const unitOf = (graph, series) => graph.unit || series.unit + (series.as === "rate" && graph.aggregate !== "count" ? "/s" : "");

  const link = (series) => !series.agentId ? "" :
    `/agents/${series.agentId}` + (series.check ? "/checks/" + encodeURIComponent(series.check) : "");

  // ---- Parts of a figure

  function swatch(index, name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 22 10");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    const set = { x1: 0, x2: 22, y1: 5, y2: 5, stroke: plot.lineColor(index, name), "stroke-width": 3, "stroke-dasharray": plot.dash(index).join(" ") || "none" };
    Object.entries(set).forEach(([name, value]) => line.setAttribute(name, value));
    svg.append(line);
    return svg;
  }

  function goTo(series, label) {
    const to = link(series);
    if (!to || to === location.pathname) {
      return [];
    }
    const made = make("a", "↗");
    made.href = to;
    made.setAttribute("aria-label", `Go to ${series.check ? series.check + " on " : ""}${series.agent} (${label})`);
    return [made];
  }

  const newest = (series) => series.values.at(-1)?.[2];

  function legend(panel, found, names, write) {
    const rows = make("ul", "", "values");
    rows.tabIndex = 0;
    rows.setAttribute("aria-label", "Lines and their newest values");
    found.forEach((series, i) => {
      const row = make("li");
      const button = make("button");
      button.type = "button";
      button.setAttribute("aria-pressed", !panel.hidden.has(names[i]));
      button.append(swatch(i, names[i]), make("span", names[i]), make("b", write(series)));
      button.addEventListener("click", () => {
        panel.hidden.has(names[i]) ? panel.hidden.delete(names[i]) : panel.hidden.add(names[i]);
        button.setAttribute("aria-pressed", !panel.hidden.has(names[i]));
        panel.chart.setDatasetVisibility(panel.chart.data.datasets.findIndex((one) => one.label === names[i]), !panel.hidden.has(names[i]));
        panel.chart.update();
      });
      row.append(button, ...goTo(series, names[i]));
      rows.append(row);
    });
    return rows;
  }

  function lines(panel, graph, answer, shown) {
    const found = answer.series;
    const names = labels(found);
    const mixed = plot.isMixed(found);
    const unit = mixed ? "" : found[0].unit;
    const alike = plot.writer(unit, found.map(newest));
    const write = (series) => (mixed ? plot.text(newest(series), series.unit) : alike(newest(series)));
    const box = make("div", "", "plot");
    const canvas = make("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Graph of ${panel.title}: ` +
      found.slice(0, 5).map((series, i) => `${names[i]} ${write(series)}`).join(", ") + (found.length > 5 ? " …" : ""));
    box.append(canvas);
    panel.body.replaceChildren(box, legend(panel, found, names, write), inNumbers(panel, found));
    const limits = new Set(found.map((series) => JSON.stringify([series.warnAt, series.critAt])));
    const near = plot.near(found);
    panel.chart = plot.draw(canvas, {
      lines: found.map((series, i) => ({ label: names[i], values: series.values, hidden: panel.hidden.has(names[i]), unit: mixed ? series.unit : undefined })),
      from: shown.from, to: shown.to, step: answer.stepMillis, unit, min: graph.min, max: graph.max, stacked: graph.stacked,
      ...(limits.size === 1 && !graph.stacked ? { warnAt: found[0].warnAt.filter(near), critAt: found[0].critAt.filter(near) } : {}), select: shown.select,
      marks: shown.marks, earlier: found.length === 1 && shown.earlier?.unit === unit ? shown.earlier : undefined,
    });
  }

  function numbers(panel, graph, answer) {
    const names = labels(answer.series);
    const rows = make("ul", "", "numbers");
    answer.series.forEach((series, i) => {
      const row = make("li");
      row.append(make("b", plot.text(newest(series), series.unit)));
      if (answer.series.length > 1) {
        const name = make("small", names[i] + " ");
        name.append(...goTo(series, names[i]));
        row.append(name);
      }
      rows.append(row);
    });
    panel.body.replaceChildren(rows);
  }

  /** The series in numbers, the highest first where they can be compared. */
  function figures(panel, all, columns) {
    const names = labels(all);
    const rows = all.map((series, i) => ({ series, name: names[i], ...plot.figures(series.values) }));
    if (!plot.isMixed(all)) {
      rows.sort((a, b) => b.newest - a.newest);
    }
    const made = make("table");
    const body = make("tbody");
    body.append(...rows.map((row) => figuresRow(row, columns)));
    made.append(figuresHead(columns), body);
    const box = make("div", "", "rows");
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", panel.title);
    box.append(made);
    return box;
  }

  function figuresHead(columns) {
    const head = make("tr");
    for (const text of ["what", ...columns]) {
      const cell = make("th", text[0].toUpperCase() + text.slice(1));
      cell.scope = "col";
      head.append(cell);
    }
    const made = make("thead");
    made.append(head);
    return made;
  }

  function figuresRow(row, columns) {
    const made = make("tr");
    const name = make("th", link(row.series) ? "" : row.name);
    name.scope = "row";
    if (link(row.series)) {
      const to = make("a", row.name);
      to.href = link(row.series);
      name.append(to);
    }
    made.append(name, ...columns.map((column) => make("td", plot.text(row[column], row.series.unit))));
    return made;
  }

  const table = (panel, graph, { series }) => panel.body.replaceChildren(figures(panel, series, ["newest", "least", "most"]));

  /** What lines show, for those who do not see them; made when somebody asks for it, and open until somebody closes it. */
  function inNumbers(panel, all) {
    const details = make("details", "", "in-numbers");
    const fill = () => {
      panel.inNumbers = details.open;
      if (details.open && details.children.length === 1) {
        details.append(figures(panel, all, ["newest", "least", "average", "most"]));
      }
    };
    details.append(make("summary", "In numbers"));
    details.open = panel.inNumbers;
    details.addEventListener("toggle", fill);
    fill();
    return details;
  }

  const KINDS = { line: lines, number: numbers, table };

  /** Says what was looked for, and what there is instead. */
  async function nothing(panel, graph, shown, wanted) {
    const metrics = list(graph.metric).map((metric) => fill(metric, shown.picked));
    const agents = filters(graph.for?.agents, shown.picked);
    const who = agents.length ? " at " + agents.join(", ") : "";
    const text = make("p", `Nothing was measured in this time that is called ${metrics.join(" or ")}${who}.`, "said");
    panel.body.replaceChildren(text);
    const word = metrics[0].split("*").sort((a, b) => b.length - a.length)[0];
    try {
      const here = agents.length === 1 && !agents[0].includes("*") ? { agent: agents[0] } : {};
      const found = await ask("/v1/metrics?" + new URLSearchParams({ search: word, max: 5, ...here }), wanted);
      if (found?.metrics.length) {
        text.append(` There are: ${found.metrics.map((one) => one.name).join(", ")}${found.more ? " …" : ""}.`);
      }
    } catch {
      // It is only a hint.
    }
  }

  // ---- Figures

  /** A place for a graph. {@link show} fills it. */
  function panel(graph) {
    const kind = graph.kind ?? "line";
    const figure = make("figure", "", kind + (graph.wide ? " wide" : ""));
    const caption = make("figcaption");
    const heading = make("h2");
    const more = make("small", "", "faint");
    caption.append(heading, more);
    const body = make("div", "");
    body.append(make("p", "Loading …", "wait"));
    figure.append(caption, body);
    return { graph, figure, heading, more, body, hidden: new Set(), inNumbers: false, chart: null, turn: 0, title: "" };
  }

  function name(panel, picked) {
    const { title, metric } = panel.graph;
    panel.title = title ? fill(title, Object.fromEntries(Object.entries(picked).map(([of, value]) => [of, value || "all"]))) : list(metric).join(", ");
    panel.heading.textContent = panel.title;
  }

  /** The values of another time, moved to the one that is shown, when they are of one series. */
  async function before(graph, shown, wanted) {
    const { ago } = shown;
    if (!ago || (graph.kind ?? "line") !== "line") {
      return null;
    }
    const there = { ...shown, from: shown.from - ago.by, to: shown.to - ago.by };
    const found = (await Promise.all(queries(graph, there).map((path) => ask(path, wanted)))).flatMap((answer) => answer?.series ?? []);
    return found.length !== 1 ? null : { label: ago.label, unit: unitOf(graph, found[0]), values: found[0].values.map(([time, ...rest]) => [time + ago.by, ...rest]) };
  }

  /** Draws anew; what had the focus has it again. */
  function keepFocus(panel, draw) {
    const stops = () => [...panel.body.querySelectorAll("a, button, summary, [tabindex]")];
    const at = stops().indexOf(document.activeElement);
    draw();
    stops()[at]?.focus({ preventScroll: true });
  }

  /** Asks for what a graph shows, and draws it; of two that overlap the later one counts. */
  async function show(panel, shown) {
    const turn = ++panel.turn;
    const wanted = () => turn === panel.turn && panel.figure.isConnected;
    const graph = panel.graph;
    panel.figure.setAttribute("aria-busy", "true");
    try {
      name(panel, shown.picked);
      const answers = await Promise.all(queries(graph, shown).map((path) => ask(path, wanted)));
      const earlier = await before(graph, shown, wanted);
      if (!wanted() || answers.includes(null)) {
        return;
      }
      const most = graph.most ?? 20;
      const all = answers.flatMap((answer) => answer.series);
      const series = plot.comparable(all.slice(0, most).map((one) => ({ ...one, unit: unitOf(graph, one) })));
      const more = answers.reduce((sum, answer) => sum + answer.more, all.length - series.length);
      panel.chart?.destroy();
      panel.chart = null;
      panel.figure.classList.toggle("none", !series.length);
      panel.more.textContent = more ? `${more} more are not shown` : "";
      if (series.length) {
        const stepMillis = Math.max(...answers.map((answer) => answer.stepMillis));
        const [from, to] = [Math.min(...answers.map((one) => one.from)), Math.max(...answers.map((one) => one.to))];
        keepFocus(panel, () => KINDS[graph.kind ?? "line"](panel, graph, { series, stepMillis }, { ...shown, from, to, earlier }));
      } else {
        await nothing(panel, graph, shown, wanted);
      }
    } catch (error) {
      if (wanted()) {
        panel.chart?.destroy();
        panel.chart = null;
        panel.more.textContent = "";
        panel.body.replaceChildren(make("p", error.message, "failed"));
      }
    } finally {
      panel.figure.removeAttribute("aria-busy");
    }
  }

  return { fill, list, make, millis, name, panel, show };
})();
