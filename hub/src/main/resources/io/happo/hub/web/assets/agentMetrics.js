// What an agent measures and no check does: found by name, in groups, each drawn when somebody opens it.
"use strict";
(() => {
  const MOST_NAMES = 1000;
  const MOST_GRAPHS = 24;
  const { element, shown } = graphs;
  const measured = document.getElementById("measured");
  const agent = measured.dataset.agent;
  const place = document.getElementById("metrics");
  const find = document.getElementById("metrics-find");
  const said = document.getElementById("metrics-said");
  const groups = document.getElementById("metrics-groups");
  let marks = [];

  const current = () => ({ ...shown(), ago: graphs.ago(shown()), picked: {}, marks, select: graphs.select });

  /** All of one first part of their names. */
  function group(name, names, open) {
    const details = element("details");
    details.open = open;
    details.append(element("summary", `${name} (${names.length})`));
    const box = element("div", "", "dash");
    details.append(box);
    const draw = () => {
      if (!details.open || box.firstChild) {
        return;
      }
      for (const metric of names.slice(0, MOST_GRAPHS)) {
        const one = panels.panel({ metric, for: { agents: [agent] }, title: metric, most: 8 });
        box.append(one.figure);
        sight.observe(one.figure);
        drawn.set(one.figure, one);
      }
      if (names.length > MOST_GRAPHS) {
        details.append(element("p", `${names.length - MOST_GRAPHS} more are not shown: find them by name.`, "faint"));
      }
    };
    details.addEventListener("toggle", draw);
    draw();
    return details;
  }

  const drawn = new Map();
  const sight = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        sight.unobserve(target);
        panels.show(drawn.get(target), current());
      }
    }
  }, { rootMargin: "200px" });

  let turn = 0;

  async function search() {
    const mine = ++turn;
    const word = find.value.trim();
    try {
      const query = new URLSearchParams({ agent, search: word, max: MOST_NAMES });
      const found = await happo.ask("GET", "/v1/metrics?" + query);
      if (mine !== turn) {
        return;
      }
      const names = [...new Set(found.metrics.filter(({ check }) => !check).map(({ name }) => name))];
      const byPart = Map.groupBy(names, (name) => name.split(/[.;]/)[0]);
      for (const one of drawn.values()) {
        one.chart?.destroy();
      }
      drawn.clear();
      groups.replaceChildren(...[...byPart].map(([name, those]) => group(name, those, Boolean(word) && names.length <= MOST_GRAPHS)));
      said.textContent = (names.length ? "" : "There is none of such a name. ") +
        (found.more ? `Only the first ${MOST_NAMES} names are looked at: give more of the name.` : "");
      if (names.length) {
        measured.hidden = place.hidden = false;
      }
    } catch (error) {
      said.textContent = error.message;
    }
  }

  let timer = 0;
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 250);
  });

  async function again() {
    try {
      const { from, to } = shown();
      marks = (await happo.ask("GET", `/v1/agents/${agent}/marks?from=${Math.round(from)}&to=${Math.round(to)}`)).marks;
      graphs.list(marks);
    } catch {
      // The graphs say what is wrong.
    }
    for (const figure of drawn.keys()) {
      sight.unobserve(figure);
      sight.observe(figure);
    }
  }

  document.addEventListener("range", again);
  again();
  search();
})();
