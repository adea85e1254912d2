// How lines are drawn: colors of the theme, axes that people can read, gaps as gaps. Knows no page and asks nothing.
"use strict";
const plot = (() => {
  const COLORS = 8;
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  /** Lines of these names have colors of their own. */
  const NAMED = { ok: "--ok", warning: "--warning", critical: "--critical", unknown: "--unknown", connected: "--ok", away: "--critical" };

  /** Of the line of this number and name; those beyond the colors are dashed. */
  const lineColor = (index, name) => color(Object.hasOwn(NAMED, name) ? NAMED[name] : `--line-${(index % COLORS) + 1}`) || color("--line");
  const dash = (index) => (index < COLORS ? [] : [[6, 3], [2, 3], [10, 3, 2, 3]][Math.floor(index / COLORS - 1) % 3]);

  // ---- Numbers and units

  const number = (value) => {
    const size = Math.abs(value);
    if (value !== 0 && (size >= 1e6 || size < 1e-3)) {
      return value.toExponential(2);
    }
    return String(Number(value.toFixed(size >= 100 ? 1 : size >= 1 ? 2 : 3)));
  };

  const PREFIXES = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e4, "k", 1e3]];
  const BYTES = [[2 ** 50, "PiB"], [2 ** 40, "TiB"], [2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"], [0, "B"]];
  const LONG = [[172800, "d", 86400], [7200, "h", 3600], [120, "min", 60]];
  const TIMES = [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-15, "ns", 1e-9], [0, "s", 1]];
  const SECONDS = { s: 1, ms: 1e-3, us: 1e-6, "µs": 1e-6, ns: 1e-9 };
  const POWERS = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40, P: 2 ** 50 }; // As plugins mean them.

  /** What a unit is a part or a multiple of, how large it is among those, and whether it is of a second: MB/s is 2^20 B/s. */
  function kin(unit) {
    const [, base, per = ""] = /^(.*?)(\/s)?$/s.exec(unit ?? "");
    const bytes = /^([KMGTP]?)i?B$/i.exec(base);
    if (bytes) {
      return { base: "B", size: POWERS[bytes[1].toUpperCase()], per };
    }
    return Object.hasOwn(SECONDS, base) ? { base: "s", size: SECONDS[base], per } : { base: base === "c" ? "" : base, size: 1, per };
  }

  /**
   * How values of a unit are written when they are up to so large: each times the factor, with the unit. B, KB, MiB/s, s,
   * ms, % and what there is else.
   */
  function measure(unit, most) {
    const { base, size, per } = kin(unit);
    if (base === "B") {
      const [least, name] = BYTES.find(([at]) => most * size >= at);
      return { factor: size / (least || 1), unit: " " + name + per };
    }
    if (base === "s") {
      const [least, name, whole = least] = [...(per ? [] : LONG), ...TIMES].find(([at]) => most * size >= at);
      return { factor: size / whole, unit: " " + name + per };
    }
    if (base === "%") {
      return { factor: 1, unit: " %" + per };
    }
    const name = base + per;
    const [, prefix = "", one] = PREFIXES.find(([least]) => most >= least) ?? [];
    const factor = prefix ? 1 / (one ?? PREFIXES.find(([, other]) => other === prefix)[0]) : 1;
    return { factor, unit: prefix || name ? " " + prefix + name : "" };
  }

  const isMixed = (all) => new Set(all.map(({ unit }) => unit)).size > 1;

  /** Without what floating point adds: equal thresholds stay equal. */
  const product = (value, size) => Number((value * size).toPrecision(14));

  function inBase(series) {
    const { base, size, per } = kin(series.unit);
    const scaled = (values) => (size === 1 ? values : values.map((value) => product(value, size)));
    return {
      ...series, unit: base + per, warnAt: scaled(series.warnAt), critAt: scaled(series.critAt),
      values: size === 1 ? series.values : series.values.map(([at, ...rest]) => [at, ...scaled(rest)]),
    };
  }

  /** The same series, with values and thresholds that can be compared: of several units in s and B, not in ms and MB. */
  const comparable = (all) => (isMixed(all) ? all.map(inBase) : all);

  /** A function that writes values of a unit, all alike. */
  function writer(unit, values) {
    const scale = measure(unit, values.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
    return Object.assign((value) => number(value * scale.factor) + scale.unit, scale);
  }

  /** One value of a unit, for people. */
  const text = (value, unit) => writer(unit, [value])(value);

  // ---- Times

  const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720];
  const DAYS = [1, 2, 7, 14, 31, 92, 183, 366];

  /** Round times of this browser's clock, at most so many. */
  function times(from, to, most) {
    const minutes = MINUTES.find((step) => (to - from) / (step * 60e3) <= most);
    const days = minutes ?? DAYS.find((step) => (to - from) / (step * 86400e3) <= most) ?? 732;
    const at = new Date(from);
    at.setHours(0, 0, 0, 0);
    const found = [];
    while (at.getTime() <= to) {
      if (at.getTime() >= from) {
        found.push({ value: at.getTime() });
      }
      minutes ? at.setMinutes(at.getMinutes() + minutes) : at.setDate(at.getDate() + days);
    }
    return found;
  }

  /** A day where one begins, else a time of day. */
  function when(at) {
    const date = new Date(at);
    return date.getHours() || date.getMinutes()
      ? date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
      : date.toLocaleDateString(undefined, { month: "short", day: "numeric" });
  }

  const exactly = (at) => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

  /** In addresses, without parts of a second. */
  const iso = (at) => new Date(at).toISOString().replace(/\.[0-9]+Z$/, "Z");

  /** As fields for a time take it. */
  const local = (at) => new Date(at - new Date(at).getTimezoneOffset() * 60e3).toISOString().slice(0, 16);

  // ---- Lines

  /** With a hole where nothing came for longer than is usual for these. */
  function holes(values, step) {
    const between = values.slice(1).map(([time], i) => time - values[i][0]).sort((a, b) => a - b);
    const usual = between[Math.floor(between.length / 2)] ?? step;
    const most = 2.5 * Math.max(step, usual);
    const made = [];
    values.forEach((value, i) => {
      if (i && value[0] - values[i - 1][0] > most) {
        made.push([values[i - 1][0] + usual, null, null, null]);
      }
      made.push(value);
    });
    return made;
  }

  /** Of each line the point nearest to the pointer, unless that is far away. */
  function nearby(chart, event) {
    const at = chart.scales.x.getValueForPixel(event.x);
    const far = Math.max(chart.$step ?? 0, (chart.scales.x.max - chart.scales.x.min) / 60);
    const found = [];
    for (const meta of chart.getSortedVisibleDatasetMetas()) {
      let best = -1;
      let least = far;
      if (!chart.data.datasets[meta.index].aside) {
        meta._parsed.forEach(({ x, y }, index) => {
          if (y !== null && Math.abs(x - at) <= least) {
            least = Math.abs(x - at);
            best = index;
          }
        });
      }
      if (best >= 0) {
        found.push({ element: meta.data[best], datasetIndex: meta.index, index: best });
      }
    }
    return found;
  }

  /** A line that goes straight across, such as a threshold. */
  const across = (at, from, to, name, shade) => ({
    label: name, aside: true, data: [{ x: from, y: at }, { x: to, y: at }], borderColor: color(shade), borderWidth: 1.5,
    borderDash: [6, 4], pointRadius: 0, pointHitRadius: 0, fill: false, stack: name,
  });

  /** A point that has no neighbors is no line: it is drawn as a point. */
  function alone(values) {
    const none = (value) => value === undefined || value[2] === null;
    return values.map((_, i) => (none(values[i - 1]) && none(values[i + 1]) ? 1.5 : 0));
  }

  /** How it was another time: thin, behind all others. */
  const earlier = (line, factor, step) => ({
    label: line.label, borderColor: color("--faint"), borderWidth: 1.25, borderDash: [4, 3], pointRadius: 0, fill: false, stack: line.label,
    data: holes(line.values, step).map((value) => ({ x: value[0], y: value[2] === null ? null : value[2] * factor })), order: 1,
  });

  /** What a line is in numbers. */
  const figures = (values) => ({
    newest: values.at(-1)[2], least: Math.min(...values.map((value) => value[1])), most: Math.max(...values.map((value) => value[3])),
    average: values.reduce((sum, value) => sum + value[2], 0) / values.length,
  });

  /** Which thresholds are drawn: those far beyond the values would make the lines flat. */
  function near(all) {
    const most = Math.max(...all.flatMap((series) => series.values.flatMap((value) => [Math.abs(value[1]), Math.abs(value[3])])));
    return (at) => !(most > 0) || Math.abs(at) <= 3 * most;
  }

  function datasets(given, factor) {
    const { lines, step, stacked, from, to } = given;
    const made = [];
    lines.forEach((line, i) => {
      const values = holes(line.values, step);
      const point = (at) => values.map((value) => ({ x: value[0], y: value[at] === null ? null : value[at] * factor }));
      const shade = lineColor(i, line.label);
      made.push({
        label: line.label, data: point(2), borderColor: shade, borderWidth: 2, borderDash: dash(i), tension: 0, hidden: line.hidden,
        pointRadius: line.values.length > 60 ? alone(values) : 1.5, pointHoverRadius: 3, pointBackgroundColor: shade, unit: line.unit,
        fill: stacked ? (i ? "-1" : "origin") : false, backgroundColor: shade + (stacked ? "55" : ""), stack: "lines",
      });
      if (lines.length === 1 && !stacked && values.some(([, least, , most]) => least !== most)) {
        const edge = { aside: true, borderWidth: 0, pointRadius: 0, pointHitRadius: 0, stack: "band" };
        made.push({ ...edge, label: "least", data: point(1), fill: false },
          { ...edge, label: "most", data: point(3), fill: "-1", backgroundColor: color("--band") });
      }
    });
    if (given.earlier) {
      made.push(earlier(given.earlier, factor, step));
    }
    for (const at of given.warnAt ?? []) {
      made.push(across(at * factor, from, to, "warning", "--warning"));
    }
    for (const at of given.critAt ?? []) {
      made.push(across(at * factor, from, to, "critical", "--critical"));
    }
    return made;
  }

  /**
   * Draws lines.
   *
   * given: lines [{label, values: [[time, least, average, most], …], hidden, unit: its own, where not all have the same}],
   * from, to, step (milliseconds), unit, min, max, stacked, warnAt, critAt, brief; earlier {label, values}: as a line, for
   * comparison; marks [{kind, from, to, text}]: times that are shaded; select(from, to): called when somebody marks a part
   * of the time.
   */
  function draw(canvas, given) {
    const { lines, from, to, brief } = given;
    const all = [...lines, ...(given.earlier ? [given.earlier] : [])].flatMap((line) => line.values.map((value) => value[given.stacked ? 2 : 3]));
    const write = writer(given.unit, all);
    const top = all.some((value) => value !== 0) ? undefined : 1; // Else the axis goes below what is never negative.
    const ticks = { color: color("--faint"), maxRotation: 0 };
    const grid = { color: color("--edge") };
    Chart.Interaction.modes.nearby = nearby;
    const chart = new Chart(canvas, {
      type: "line",
      data: { datasets: datasets(given, write.factor) },
      plugins: [{ beforeDatasetsDraw: (chart) => shadeTimes(chart, given.marks ?? []) }],
      options: {
        animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true, spanGaps: false,
        interaction: { mode: "nearby", intersect: false },
        scales: {
          x: {
            type: "linear", min: from, max: to, grid, ticks: { ...ticks, autoSkip: false, callback: when },
            afterBuildTicks: (axis) => (axis.ticks = times(from, to, brief ? 4 : Math.max(3, Math.floor(axis.chart.width / 60)))),
          },
          y: {
            grid, stacked: Boolean(given.stacked), suggestedMin: scaled(given.min, write), suggestedMax: scaled(given.max, write) ?? top,
            ticks: { ...ticks, maxTicksLimit: 6, callback: (value) => number(value) + write.unit },
          },
        },
        plugins: {
          legend: { display: false },
          tooltip: {
            itemSort: (a, b) => b.parsed.y - a.parsed.y,
            callbacks: {
              title: (items) => (items.length ? [exactly(items[0].parsed.x), ...during(given.marks ?? [], items[0].parsed.x)] : ""),
              label: ({ dataset, parsed: { y } }) =>
                ` ${dataset.label}: ${dataset.unit === undefined ? number(y) + write.unit : text(y / write.factor, dataset.unit)}`,
              labelColor: (item) => ({ borderColor: item.dataset.borderColor, backgroundColor: item.dataset.borderColor }),
            },
          },
        },
      },
    });
    chart.$step = given.step;
    if (given.select) {
      marking(canvas, chart, given.select);
    }
    return chart;
  }

  // ---- Times that are marked

  const SHADES = { outage: "critical", downtime: "unknown", silence: "unknown" };

  const during = (marks, at) => marks.filter(({ from, to }) => from <= at && at <= to).map(({ kind, text }) => `${kind}: ${text}`);

  /** Behind the lines, from the top to the bottom; with its name where there is room for it. */
  function shadeTimes(chart, marks) {
    const { ctx, chartArea: { left, right, top, bottom }, scales: { x } } = chart;
    ctx.save();
    ctx.font = "11px " + Chart.defaults.font.family;
    for (const { kind, from, to } of marks) {
      const begin = Math.max(left, x.getPixelForValue(from));
      const width = Math.max(2, Math.min(right, x.getPixelForValue(to)) - begin);
      if (begin < right && begin + width > left) {
        ctx.fillStyle = color(`--${SHADES[kind]}-soft`);
        ctx.fillRect(begin, top, width, bottom - top);
        ctx.fillStyle = color(`--${SHADES[kind]}`);
        ctx.fillRect(begin, top, width, 2);
        if (ctx.measureText(kind).width + 6 < width) {
          ctx.fillText(kind, begin + 3, top + 14);
        }
      }
    }
    ctx.restore();
  }

  const scaled = (value, write) => (value === undefined ? undefined : value * write.factor);

  /** Whoever draws across a part of the time, with the mouse or a finger, has chosen it; up and down fingers scroll. */
  function marking(canvas, chart, select) {
    let begin = null;
    let mark = null;
    const within = (event) => {
      const { left, right } = chart.chartArea;
      return Math.min(right, Math.max(left, event.clientX - canvas.getBoundingClientRect().left));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary || event.button !== 0) {
        return;
      }
      begin = within(event);
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (begin === null || (!mark && Math.abs(within(event) - begin) < (event.pointerType === "mouse" ? 5 : 15))) {
        return;
      }
      if (!mark) {
        mark = document.createElement("div");
        mark.className = "mark";
        canvas.parentNode.append(mark);
      }
      const at = within(event);
      mark.style.left = Math.min(at, begin) + "px";
      mark.style.width = Math.abs(at - begin) + "px";
    });
    const end = (event) => {
      if (mark && event.type === "pointerup") {
        const times = [begin, within(event)].sort((a, b) => a - b).map((x) => Math.round(chart.scales.x.getValueForPixel(x)));
        if (times[1] - times[0] >= 60000) {
          select(...times);
        }
      }
      mark?.remove();
      mark = null;
      begin = null;
    };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
  }

  return { color, comparable, dash, draw, exactly, figures, isMixed, iso, lineColor, local, near, number, text, writer };
})();
