// What every page does: times that stay true, a page that stays current, forms that ask the REST API.
"use strict";
const happo = (() => {
  let csrf = document.querySelector("meta[name=csrf]").content;

  // ---- Asking the API

  /** Asks; throws an Error whose message is for people, with all problems. */
  async function ask(method, path, body, again = false) {
    let answer;
    try {
      answer = await fetch(path, {
        method,
        headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new Error("The hub does not answer. Try again in a moment.");
    }
    if (answer.status === 204) {
      return {};
    }
    const json = await answer.json().catch(() => ({}));
    if (answer.ok) {
      return json;
    }
    if (answer.status === 401 && path !== "/v1/session") {
      if (document.querySelector("form.edit")) {
        throw new Error("Your session has ended. Log in in another tab, then try again here: nothing is lost.");
      }
      location.href = "/login?next=" + encodeURIComponent(location.pathname + location.search);
    }
    if (answer.status === 403 && /X-CSRF-Token/.test(json.detail) && !again) {
      // Somebody has logged in anew in another tab: pages of this session know another secret.
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      csrf = page.querySelector("meta[name=csrf]").content;
      return ask(method, path, body, true);
    }
    const problems = json.problems && json.problems.length ? json.problems : [json.detail || "It failed: " + answer.status];
    const error = new Error(problems.map(sentence).join("\n"));
    error.status = answer.status;
    throw error;
  }

  const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".");

  // ---- Forms

  const UNITS = { s: 1, m: 60, h: 3600, d: 86400 };

  const seconds = (text) => {
    const parts = /^([0-9]+)([smhd])$/.exec(text);
    return parts ? Number(parts[1]) * UNITS[parts[2]] : undefined;
  };

  const words = (text) => text.split(/[\s,]+/).filter((word) => word);

  /** role=web,db site=fra to {role: [web, db], site: [fra]}. */
  const tags = (text) =>
    Object.fromEntries(
      text.split(/\s+/).filter((word) => word).map((word) => {
        const [name, value = ""] = word.split(/=(.*)/s);
        return [name, value.split(",")];
      }),
    );

  /** As {@link tags}, each of one value, which may be empty. */
  const map = (text) =>
    Object.fromEntries(text.split(/\s+/).filter((word) => word).map((word) => {
      const [name, value = ""] = word.split(/=(.*)/s);
      return [name, value];
    }));

  const READERS = {
    number: (text) => (text === "" ? undefined : Number(text)),
    list: (text) => (text.trim() ? words(text) : undefined),
    tags: (text) => (text.trim() ? tags(text) : undefined),
    map: (text) => (text.trim() ? map(text) : undefined),
    span: (text) => (text ? seconds(text) : undefined),
    time: (text) => (text ? new Date(text).getTime() : undefined),
    flag: (text) => text === "true",
  };

  function put(object, name, value) {
    const dot = name.indexOf(".");
    if (value === undefined) {
      return;
    }
    if (dot < 0) {
      object[name] = value;
    } else {
      const inner = name.slice(0, dot);
      object[inner] ??= {};
      put(object[inner], name.slice(dot + 1), value);
    }
  }

  /** What a form says, as the API takes it. */
  function read(form) {
    const body = {};
    for (const field of form.elements) {
      if (!field.name || field.disabled || "path" in field.dataset || field.closest("[hidden]")) {
        continue;
      }
      if ("changed" in field.dataset && field.value === field.defaultValue) {
        continue; // Somebody else may have changed it meanwhile.
      }
      const as = field.dataset.as;
      if (field.type === "checkbox") {
        put(body, field.name, field.checked);
      } else if (as === "choice") {
        put(body, field.value === "until-well" ? "untilWell" : field.name, field.value === "until-well" ? true : Number(field.value));
      } else if (as) {
        put(body, field.name, READERS[as](field.value));
      } else if (field.value !== "") {
        put(body, field.name, field.value);
      }
    }
    return body;
  }

  function problem(form, text) {
    const place = form.querySelector(".problem");
    if (place) {
      place.textContent = text;
      place.hidden = !text;
    } else if (text) {
      say(text, true);
    }
  }

  function say(text, bad) {
    const toast = document.getElementById("toast");
    toast.textContent = text;
    toast.className = bad ? "bad" : "good";
    clearTimeout(say.timer);
    say.timer = setTimeout(() => (toast.textContent = ""), bad ? 10000 : 4000);
  }

  /** Asks a person; resolves to whether the answer is yes. */
  function confirmed(text) {
    const dialog = document.getElementById("ask");
    document.getElementById("ask-text").textContent = text;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
  }

  async function submit(form) {
    if (form.dataset.confirm && !(await confirmed(form.dataset.confirm))) {
      return;
    }
    const [method, pattern] = form.dataset.api.split(" ");
    const path = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(form.elements[name].value));
    const body = read(form);
    if (form.dataset.all && !body.target && !body.checks && !(await confirmed(form.dataset.all))) {
      return;
    }
    const buttons = [...form.querySelectorAll("button")];
    problem(form, "");
    busy.add(form);
    buttons.forEach((button) => (button.disabled = true));
    try {
      const answer = await ask(method, path, method === "DELETE" || !Object.keys(body).length ? undefined : body);
      if (answer.delivered === false) {
        throw new Error(answer.problem);
      }
      then(form, answer);
    } catch (error) {
      problem(form, error.message);
    } finally {
      busy.delete(form);
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  function then(form, answer) {
    const what = form.dataset.then;
    form.closest("dialog")?.close();
    if ("reset" in form.dataset) {
      form.reset();
      choose(form);
    }
    if (what.startsWith("/")) {
      location.assign(new URL(what, location).origin === location.origin ? what : "/");
    } else if (what.startsWith("show:")) {
      const place = document.getElementById(what.slice(5));
      for (const part of place.querySelectorAll("[data-show]")) {
        part.textContent = answer[part.dataset.show];
      }
      place.hidden = false;
      typed = true; // It is shown this once.
      place.querySelector("[tabindex]")?.focus();
      refresh();
    } else {
      if (what.startsWith("say:")) {
        say(what.slice(4));
      }
      refresh();
    }
  }

  /** Shows of a form the fields that belong to what is chosen: in its kind or about, or where data-by says. */
  function choose(form) {
    const by = form.elements.kind || form.elements.about;
    if (!by || by.tagName !== "SELECT") {
      return;
    }
    for (const part of form.querySelectorAll("[data-for]")) {
      const chosen = (form.elements[part.dataset.by] ?? by).value;
      part.hidden = !part.dataset.for.split(" ").includes(chosen);
    }
    for (const field of form.querySelectorAll("[data-for] :is(input, select, textarea)")) {
      field.disabled = Boolean(field.closest("[data-for][hidden]")); // What is not seen is neither required nor sent.
    }
  }

  // ---- Times

  const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "always", style: "short" });
  const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

  function age(at) {
    const past = (at - Date.now()) / 1000;
    for (const [unit, size] of STEPS) {
      if (Math.abs(past) >= size) {
        return relative.format(Math.trunc(past / size), unit);
      }
    }
    return past > 10 ? "in a moment" : past > -10 ? "just now" : relative.format(Math.trunc(past / 10) * 10, "second");
  }

  function times(within) {
    for (const time of within.querySelectorAll("time[data-at]")) {
      const at = Number(time.dataset.at);
      const text = age(at);
      if (time.textContent !== text) {
        time.textContent = text;
      }
      time.title = absolute.format(at);
    }
  }

  // ---- A page that stays current

  /** Forms whose answer is on its way. */
  const busy = new Set();

  /** Makes one element as another one is, and leaves alone what is the same: nothing jumps. */
  function morph(from, to) {
    if (("keep" in from.dataset && from.id === to.id) || busy.has(from) || from.classList.contains("problem")) {
      return;
    }
    for (const name of from.getAttributeNames()) {
      if (!to.hasAttribute(name) && name !== "open") {
        from.removeAttribute(name);
      }
    }
    for (const name of to.getAttributeNames()) {
      if (from.getAttribute(name) !== to.getAttribute(name) && !(from.tagName === "TIME" && name === "title")) {
        from.setAttribute(name, to.getAttribute(name));
      }
    }
    if (from.tagName === "TIME") {
      return; // Its text follows from its attribute.
    }
    const wantedIds = new Set([...to.children].map((child) => child.id));
    const known = new Map();
    for (const child of [...from.children]) {
      if (child.id && !wantedIds.has(child.id)) {
        child.remove(); // First: what follows it then stays where it is, with the focus in it.
      } else if (child.id) {
        known.set(child.id, child);
      }
    }
    let at = from.firstChild;
    for (const wanted of [...to.childNodes]) {
      const same = wanted.id && known.get(wanted.id);
      if (same) {
        if (same !== at) {
          from.insertBefore(same, at);
        } else {
          at = at.nextSibling;
        }
        morph(same, wanted);
      } else if (at && !at.id && !wanted.id && at.nodeName === wanted.nodeName) {
        if (at.nodeType === Node.ELEMENT_NODE) {
          morph(at, wanted);
        } else if (at.nodeValue !== wanted.nodeValue) {
          at.nodeValue = wanted.nodeValue;
        }
        at = at.nextSibling;
      } else {
        from.insertBefore(wanted, at);
      }
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  const parts = (page) => [...page.querySelectorAll("#main [data-refresh], #main [data-keep], #main dialog")].map((part) => part.id).join();

  /** Whether somebody has written something that a new page would not have. */
  let typed = false;
  document.addEventListener("input", (event) => (typed ||= Boolean(event.target.closest("[data-keep], dialog, form.edit"))));

  function renew(place, now) {
    if (place.id === "banners") {
      now.querySelector("#lost").hidden = document.getElementById("lost").hidden;
    }
    const focus = place.contains(document.activeElement) ? document.activeElement : null;
    morph(place, now);
    times(place);
    if (focus && document.activeElement !== focus) {
      if (!focus.isConnected) {
        place.tabIndex = -1; // What had it is gone: who uses the keyboard goes on from here.
      }
      (focus.isConnected ? focus : place).focus({ preventScroll: true });
    }
  }

  let refreshing = null;
  let again = false;

  /** Asks for this page again, and makes of it what is other now. */
  async function refresh() {
    if (refreshing) {
      again = true;
      return refreshing;
    }
    refreshing = (async () => {
      const href = location.href;
      try {
        const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
        if (answer.headers.get("HX-Redirect")) {
          location.assign(answer.headers.get("HX-Redirect"));
          return;
        }
        if (location.href !== href) {
          again = true; // A search has become another one meanwhile.
          return;
        }
        if (answer.status === 403 || answer.status === 404) {
          location.reload(); // It is gone, or no more for this user: the page itself says so.
          return;
        }
        if (!answer.ok) {
          return;
        }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (parts(page) !== parts(document) && !typed) {
          location.reload(); // It has other parts now, as a check has after its first result.
          return;
        }
        for (const place of document.querySelectorAll("[data-refresh], #banners")) {
          const now = page.getElementById(place.id);
          if (now && !place.contains(document.activeElement?.closest("dialog[open], input, select, textarea"))) {
            renew(place, now);
          }
        }
        document.title = page.title;
        document.dispatchEvent(new Event("refreshed"));
      } catch {
        // The stream tells when the hub is there again.
      }
    })();
    await refreshing;
    refreshing = null;
    if (again) {
      again = false;
      return refresh();
    }
  }

  let stream = null;
  let seen = Number(document.body.dataset.changes);

  function listen() {
    if (!document.body.dataset.live || stream || document.hidden) {
      return;
    }
    stream = new EventSource(document.body.dataset.live);
    stream.addEventListener("open", () => lost(false));
    stream.addEventListener("changed", (event) => {
      if (Number(event.data) !== seen && document.querySelector("[data-refresh]")) {
        refresh();
      }
      seen = Number(event.data);
    });
    stream.addEventListener("error", () => {
      lost(true);
      if (stream.readyState === EventSource.CLOSED) {
        stream = null;
        setTimeout(listen, 10000); // The hub answered with something else, as it does while it starts.
      }
    });
  }

  function lost(is) {
    clearTimeout(lost.timer);
    const banner = document.getElementById("lost");
    if (is) {
      lost.timer = setTimeout(() => (banner.hidden = false), 3000); // A short disturbance is none.
    } else {
      banner.hidden = true;
    }
  }

  // A browser has few connections for one hub: a page that nobody sees holds none.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else {
      listen();
    }
  });

  // ---- Everything a person does

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.api) {
      event.preventDefault();
      submit(event.target);
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.form && event.target.tagName === "SELECT") {
      choose(event.target.form);
    }
  });

  document.addEventListener("click", async (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-open]")) {
      document.getElementById(on("[data-open]").dataset.open).showModal();
    } else if (on("[data-close]")) {
      on("dialog").close();
    } else if (on("[data-copy]")) {
      const text = document.querySelector(`[data-show="${on("[data-copy]").dataset.copy}"]`).textContent;
      try {
        await navigator.clipboard.writeText(text);
        say("Copied.");
      } catch {
        say("The browser does not let pages copy: mark the text and copy it by hand.", true);
      }
    } else if (on("button.menu")) {
      const button = on("button.menu");
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", open);
      document.body.classList.toggle("menu-open", open);
    }
  });

  // Nothing of a page is kept for the way back: it is made anew.
  addEventListener("popstate", (event) => event.state?.htmx && location.reload());

  document.addEventListener("htmx:afterSwap", (event) => times(event.target.parentNode ?? document));

  for (const form of document.forms) {
    choose(form);
  }
  times(document);
  setInterval(() => times(document), 5000);
  setInterval(() => document.hidden || !document.body.dataset.live || refresh(), 60000); // Some things change by the clock.
  listen();

  return { ask, choose, confirmed, problem, read, refresh, say, seconds, sentence, tags, words };
})();
