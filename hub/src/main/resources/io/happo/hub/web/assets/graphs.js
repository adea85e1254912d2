// Draws what checks measure, with the limits that plugins print. Each graph is fetched when it comes into sight.
"use strict";
(() => {
  const SPANS = { "3h": 10800, "24h": 86400, "7d": 604800, "31d": 2678400 };
  const charts = new Set();
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const number = (value) =>
    Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential(2)
      : String(Math.round(value * 1000) / 1000);

  const PREFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];

  function measure(value, unit) {
    const prefix = unit === "%" ? undefined : PREFIXES.find(([size]) => Math.abs(value) >= size);
    return (prefix ? number(value / prefix[0]) + " " + prefix[1] : number(value)) + (unit && !prefix ? " " : "") + unit;
  }

  function when(at, span) {
    const date = new Date(at);
    return span > 86400
      ? date.toLocaleDateString(undefined, { month: "short", day: "numeric" })
      : date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  }

  function limit(at, from, to, name, shade) {
    return {
      label: name, data: [{ x: from, y: at }, { x: to, y: at }], borderColor: color(shade), borderWidth: 1.5,
      borderDash: [6, 4], pointRadius: 0, pointHitRadius: 0,
    };
  }

  function draw(canvas, series, from, to, brief) {
    const span = (to - from) / 1000;
    const lines = [
      { label: series.name, data: series.values.map(([time, , average]) => ({ x: time, y: average })),
        borderColor: color("--line"), borderWidth: 2, pointRadius: series.values.length > 60 ? 0 : 2, tension: 0 },
    ];
    if (series.values.some(([, least, , most]) => least !== most)) {
      lines.push(
        { label: "least", data: series.values.map(([time, least]) => ({ x: time, y: least })), borderWidth: 0, pointRadius: 0, pointHitRadius: 0 },
        { label: "most", data: series.values.map(([time, , , most]) => ({ x: time, y: most })), borderWidth: 0, pointRadius: 0,
          pointHitRadius: 0, fill: "-1", backgroundColor: color("--band") },
      );
    }
    series.warnAt.forEach((at) => lines.push(limit(at, from, to, "warning", "--warning")));
    series.critAt.forEach((at) => lines.push(limit(at, from, to, "critical", "--critical")));
    const text = color("--faint");
    const chart = new Chart(canvas, {
      type: "line",
      data: { datasets: lines },
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true,
        interaction: { mode: "nearest", axis: "x", intersect: false },
        scales: {
          x: { type: "linear", min: from, max: to, grid: { color: color("--edge") },
            ticks: { color: text, maxTicksLimit: brief ? 4 : 8, maxRotation: 0, callback: (at) => when(at, span) } },
          y: { grid: { color: color("--edge") }, ticks: { color: text, maxTicksLimit: 6, callback: (at) => measure(at, series.unit) } },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            filter: (item) => item.datasetIndex === 0,
            callbacks: {
              title: (items) => items.length ? new Date(items[0].parsed.x).toLocaleString() : "",
              label: (item) => `${series.name}: ${measure(item.parsed.y, series.unit)}`,
            },
          },
        },
      },
    });
    charts.add(chart);
  }

  function figure(series, from, to, brief) {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const last = series.values.at(-1);
    caption.textContent = series.name + (last ? ": " + measure(last[2], series.unit) : "");
    const limits = [series.warn && "warning " + series.warn, series.crit && "critical " + series.crit].filter((one) => one);
    if (limits.length) {
      const small = document.createElement("small");
      small.textContent = " " + limits.join(", ");
      caption.append(small);
    }
    const box = document.createElement("div");
    box.className = "plot";
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Graph of ${caption.textContent}`);
    box.append(canvas);
    figure.append(caption, box);
    return [figure, () => draw(canvas, series, from, to, brief)];
  }

  async function fill(place) {
    const brief = "brief" in place.dataset;
    const to = Date.now();
    const from = to - 1000 * SPANS[place.dataset.span || "24h"];
    const path = place.dataset.series;
    try {
      const found = await happo.ask("GET", `${path}${path.includes("?") ? "&" : "?"}from=${from}&to=${to}`);
      for (const chart of [...charts]) {
        if (place.contains(chart.canvas)) {
          chart.destroy();
          charts.delete(chart);
        }
      }
      const made = found.series.slice(0, brief ? 2 : 50).map((series) => figure(series, from, to, brief));
      place.replaceChildren(...made.map(([element]) => element));
      made.forEach(([, drawIt]) => drawIt());
      if (!made.length && !brief) {
        place.textContent = "It has measured nothing in this time.";
        place.className = "empty";
      }
      if (found.more) {
        place.append(`${found.more} more are not shown.`);
      }
    } catch (error) {
      place.textContent = error.message;
    }
  }

  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) {
        sight.unobserve(entry.target);
        entry.target.dataset.drawn = "";
        fill(entry.target);
      }
    }
  }, { rootMargin: "200px" });

  const all = () => document.querySelectorAll("[data-series]");
  all().forEach((place) => sight.observe(place));

  let last = Date.now();
  document.addEventListener("refreshed", () => {
    for (const place of all()) {
      if (!("drawn" in place.dataset)) {
        sight.observe(place);
      }
    }
    if (Date.now() - last > 15000) {
      last = Date.now();
      document.querySelectorAll("[data-drawn]").forEach(fill);
    }
  });
  document.addEventListener("theme", () => document.querySelectorAll("[data-drawn]").forEach(fill));
})();
