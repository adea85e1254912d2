// The graphs of an agent and of a check: all show the time that is in the address, and are fetched when they come into sight.
"use strict";
const graphs = (() => {
  const SPANS = { "3h": 3 * 3600e3, "24h": 24 * 3600e3, "7d": 7 * 86400e3, "31d": 31 * 86400e3 };
  const DAYS = { day: 1, week: 7 };
  const of = (all, name) => (Object.hasOwn(all, name) ? all[name] : undefined);
  const charts = new Map();
  const address = () => new URLSearchParams(location.search);
  const bar = document.getElementById("range");

  /** What is shown: a time that stays the same, or what was lately. The hub's part of the page understands it likewise. */
  function shown() {
    const query = address();
    const [from, to] = ["from", "to"].map((name) => Date.parse(query.get(name)));
    const days = of(DAYS, query.get("compare")) ?? 0;
    if (from < to) {
      return { from, to, days, fixed: true };
    }
    return { from: Date.now() - (of(SPANS, query.get("span")) ?? SPANS["24h"]), to: Date.now(), days, fixed: false };
  }

  /** With when it is compared: at the same time by the clock on the wall, so many milliseconds before. */
  function ago({ to, days }) {
    const then = new Date(to);
    then.setDate(then.getDate() - days);
    return days ? { by: to - then.getTime(), label: days === 1 ? "a day before" : "a week before" } : null;
  }

  // ---- Going to another time

  /** All that the page shows becomes that of another address; the way back leads here again. */
  function go(href) {
    history.pushState(null, "", href);
    arrive();
  }

  function arrive() {
    happo.refresh();
    fillAll();
    document.dispatchEvent(new Event("range"));
  }

  function select(from, to) {
    const query = address();
    query.delete("span");
    query.delete("before");
    query.set("from", plot.iso(from));
    query.set("to", plot.iso(to));
    go(location.pathname + "?" + query.toString().replaceAll("%3A", ":"));
  }

  addEventListener("popstate", (event) => bar && !event.state?.htmx && arrive());

  bar?.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      go(link.href);
    }
  });

  const own = document.getElementById("own-range");
  const form = document.getElementById("own-range-form");
  own?.addEventListener("toggle", () => {
    const { from, to } = shown();
    form.elements.from.value = plot.local(from);
    form.elements.to.value = plot.local(to);
  });
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const [from, to] = ["from", "to"].map((name) => new Date(form.elements[name].value).getTime());
    if (!(from < to)) {
      happo.say("The first time must be before the second one.", true);
      return;
    }
    own.open = false;
    own.querySelector("summary").focus(); // What has the focus is not made anew.
    select(from, to);
  });

  function exactly() {
    for (const time of document.querySelectorAll("time[data-exact]")) {
      time.textContent = plot.exactly(Number(time.dataset.exact));
    }
  }

  // ---- Marks

  const marksPlace = document.getElementById("marks");

  /** Shaded times have a text of their own as well: not everybody sees a graph. */
  function list(marks) {
    marksPlace?.replaceChildren(...marks.slice(-50).map(({ kind, from, to, text }) => {
      const row = document.createElement("li");
      row.className = kind;
      const sign = document.createElement("i");
      sign.setAttribute("aria-hidden", "true");
      row.append(sign, `${kind}, ${plot.exactly(from)} – ${plot.exactly(to)}: ${text}`);
      return row;
    }));
  }

  // ---- Graphs

  function measures({ values }, write) {
    if (!values.length) {
      return "nothing in this time";
    }
    const { least, average, most, newest } = plot.figures(values);
    return `least ${write(least)}, average ${write(average)}, most ${write(most)}, last ${write(newest)}`;
  }

  function element(tag, text = "", style = "") {
    const made = document.createElement(tag);
    made.textContent = text;
    made.className = style;
    return made;
  }

  /** A threshold in the unit of its graph when it is a number; a range as its plugin has it. */
  function limit(name, text, unit) {
    const plain = /^[0-9.]+$/.test(text) && unit;
    return text && `${name} ${plain ? plot.text(Number(text), unit) : text}`;
  }

  function figure(series, given) {
    const figure = element("figure");
    const caption = element("figcaption", series.name);
    const limits = [limit("warning", series.warn, series.unit), limit("critical", series.crit, series.unit)].filter((one) => one);
    const near = plot.near([series]);
    const [warnAt, critAt] = [series.warnAt.filter(near), series.critAt.filter(near)];
    if (limits.length) {
      const far = warnAt.length + critAt.length ? "" : " (far from what is drawn)";
      caption.append(element("small", " " + limits.join(", ") + far));
    }
    const all = [...series.values, ...(given.earlier?.values ?? [])];
    const text = measures(series, plot.writer(series.unit, all.map((value) => value[3])));
    const box = element("div", "", "plot");
    const canvas = element("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Graph of ${series.name}: ${text}`);
    box.append(canvas);
    figure.append(caption, box, element("p", text, "measures"));
    const draw = () => plot.draw(canvas, {
      ...given, lines: [{ label: series.name, values: series.values }], unit: series.unit, warnAt, critAt, select,
    });
    return [figure, draw];
  }

  const same = (one) => (other) => other.name === one.name && other.unit === one.unit;

  /** The series of another time, moved to the one that is shown. */
  async function before(ask, time) {
    const to = ago(time);
    const found = to ? (await ask(time.from - to.by, time.to - to.by)).series : [];
    return (series) => {
      const match = found.find(same(series));
      return match && { label: to.label, values: match.values.map(([time, ...rest]) => [time + to.by, ...rest]) };
    };
  }

  let turn = 0;

  async function fill(place) {
    const mine = (place.turn = ++turn);
    const brief = "brief" in place.dataset;
    const time = shown();
    const path = place.dataset.series + (place.dataset.series.includes("?") ? "&" : "?");
    const ask = (from, to) => happo.ask("GET", `${path}from=${from}&to=${to}`);
    try {
      const [found, earlier] = await Promise.all([ask(time.from, time.to), before(ask, time)]);
      if (mine !== place.turn) {
        return;
      }
      charts.get(place)?.forEach((chart) => chart.destroy());
      const step = Math.ceil((time.to - time.from) / (Number(new URLSearchParams(path.split("?")[1]).get("points")) || 300));
      const made = found.series.slice(0, brief ? 2 : 50).map((series) =>
        figure(series, { from: time.from, to: time.to, step, brief, marks: found.marks, earlier: earlier(series) }));
      place.replaceChildren(...made.map(([element]) => element));
      charts.set(place, made.map(([, draw]) => draw()));
      if (!brief) {
        list(found.marks);
      }
      if (!found.series.length && !brief) {
        place.append(element("p", "It measures nothing.", "empty"));
      }
      if (found.more) {
        place.append(`${found.more} more are not shown.`);
      }
    } catch (error) {
      if (mine === place.turn) {
        place.textContent = error.message;
      }
    }
  }

  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        sight.unobserve(target);
        fill(target);
      }
    }
  }, { rootMargin: "200px" });

  const all = () => document.querySelectorAll("[data-series]");
  let last = 0;

  /** Those out of sight when somebody comes to see them. */
  function fillAll() {
    last = Date.now();
    for (const place of all()) {
      sight.unobserve(place);
      sight.observe(place);
    }
  }

  document.addEventListener("refreshed", () => {
    exactly();
    if (Date.now() - last > 15000 && !shown().fixed && !document.querySelector(".plot .mark")) {
      fillAll();
      document.dispatchEvent(new Event("range"));
    }
  });
  document.addEventListener("theme", () => {
    fillAll();
    document.dispatchEvent(new Event("range"));
  });
  exactly();
  fillAll();

  return { ago, element, list, select, shown };
})();
