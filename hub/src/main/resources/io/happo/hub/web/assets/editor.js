// Editing checks, rules and files of the plan: what is written becomes JSON for the API, previewed before it counts.
"use strict";
(() => {
  const form = document.querySelector("form.edit");
  const name = form.dataset.name;
  const editors = new Map();

  // ---- The editor for scripts and files

  const MODES = [[/^#!.*python/, "python"], [/^#!.*perl/, "perl"], [/^#!.*(pwsh|powershell)/, "powershell"]];

  function mode(text, otherwise) {
    return MODES.find(([pattern]) => pattern.test(text))?.[1] ?? otherwise;
  }

  function theme() {
    return "ace/theme/github" + (document.documentElement.dataset.theme === "dark" ? "_dark" : "");
  }

  function edit(area) {
    ace.config.set("useStrictCSP", true);
    ace.config.set("basePath", document.body.dataset.assets);
    const place = document.createElement("div");
    place.className = "editor";
    place.id = area.id + "-editor";
    area.after(place);
    area.hidden = true;
    const editor = ace.edit(place, {
      theme: theme(), useWorker: false, tabSize: 2,
      showPrintMargin: false, showFoldWidgets: false, fontSize: 14, minLines: Math.min(area.rows, 12), maxLines: 40, wrap: true,
      enableKeyboardAccessibility: true, readOnly: area.matches(":disabled"),
    });
    editor.session.setMode("ace/mode/" + mode(area.value, area.dataset.editor)); // Once it knows that there is no worker.
    editor.setValue(area.value, -1);
    editor.textInput.getElement().setAttribute("aria-label", document.querySelector(`label[for="${area.id}"]`).textContent);
    editor.session.setUseWrapMode(true);
    editor.on("change", () => {
      area.value = editor.getValue();
      if (area.dataset.editor === "sh") {
        editor.session.setMode("ace/mode/" + mode(area.value, "sh"));
      }
      changed = true;
    });
    document.addEventListener("theme", () => editor.setTheme(theme()));
    editors.set(area.id, editor);
  }

  let changed = false;
  document.querySelectorAll("textarea[data-editor]").forEach(edit);
  form.addEventListener("input", () => (changed = true));
  addEventListener("beforeunload", (event) => {
    if (changed) {
      event.preventDefault();
    }
  });

  /** As they were when the page came: what nobody has changed stays as the plan has it. */
  const before = new Map([...form.elements].map((field) => [field.name, field.value]));
  const isNew = !name;
  const differs = (field) => isNew || (form.elements[field] && form.elements[field].value !== before.get(field));

  const value = (field) => (form.elements[field] && !form.elements[field].disabled ? form.elements[field].value : "");

  // ---- What is written, as a plan has it

  function set(object, member, given) {
    if (given === undefined || given === "" || (Array.isArray(given) && !given.length)) {
      delete object[member];
    } else {
      object[member] = given;
    }
  }

  /** Of "for" only tags and names stand in fields; facts stay. */
  function target(object) {
    const given = { ...(object.for ?? {}) };
    if (differs("tags")) {
      set(given, "tags", value("tags").trim() ? happo.tags(value("tags")) : undefined);
    }
    if (form.elements.agents && differs("agents")) {
      set(given, "agents", happo.words(value("agents")));
    }
    set(object, "for", Object.keys(given).length ? given : undefined);
  }

  function check() {
    const made = JSON.parse(form.dataset.check);
    const kind = value("kind");
    made.name = value("name");
    if (kind !== "script") {
      delete made.script;
    } else if (!made.script) {
      made.script = value("script"); // A script of a name keeps it, and its text goes beside.
    }
    for (const one of ["plugin", "builtin"]) {
      if (kind !== one || differs(one) || differs("kind")) {
        set(made, one, kind === one ? value(one) : undefined);
      }
    }
    if (differs("arguments")) {
      set(made, "arguments", value("arguments")); // One line, which the plan splits.
    }
    if (value("every") && differs("every")) {
      made.every = value("every");
      delete made.cron;
      delete made.timezone;
    }
    for (const member of ["timeout", "retry"]) {
      if (differs(member)) {
        set(made, member, value(member));
      }
    }
    if (differs("attempts")) {
      set(made, "attempts", value("attempts") === "" ? undefined : Number(value("attempts")));
    }
    set(made, "quiet", form.elements.quiet.checked || undefined);
    target(made);
    const body = { check: made, create: isNew, ...common() };
    if (kind === "script") {
      body.script = value("script");
    }
    if (form.dataset.file) {
      body.file = form.dataset.file;
    }
    return body;
  }

  /** What is a trouble of a value, and the field in which it stands. */
  const LIMITS = { above: "level", below: "level", outside: "outside", "rises-by": "change", "falls-by": "change", absent: "absent" };

  function metric(made, is, other) {
    const limit = is ? value("limit") : "";
    const several = is && value("aggregate");
    const put = (member, field, belongs, anew) => {
      const given = value(field).trim();
      if (!belongs) {
        delete made[member];
      } else if (other || anew || differs(field)) {
        set(made, member, given === "" || Number.isNaN(Number(given)) ? given : Number(given));
      }
    };
    put("metric", "metric", is);
    Object.entries(LIMITS).forEach(([member, field]) => put(member, field, member === limit, differs("limit")));
    put("within", "within", limit.endsWith("-by"), differs("limit"));
    put("aggregate", "aggregate", several);
    if (!several) {
      delete made.by;
    } else if (other || differs("by")) {
      set(made, "by", happo.words(value("by")));
    }
  }

  function rule() {
    const made = JSON.parse(form.dataset.rule);
    const about = value("about");
    const other = differs("about");
    const lists = { checks: about !== "agent", states: about === "checks" };
    made.name = value("name");
    for (const [member, belongs] of Object.entries(lists)) {
      if (other || differs(member)) {
        set(made, member, belongs ? happo.words(value(member)) : undefined);
      }
    }
    set(made, "agent", about === "agent" ? value("agent") : undefined);
    metric(made, about === "metric", other);
    for (const member of ["lasting", "repeat", "when", "timezone"]) {
      if (differs(member)) {
        set(made, member, value(member));
      }
    }
    if (differs("tell")) {
      const tell = happo.words(value("tell"));
      set(made, "tell", tell.length === 1 ? tell[0] : tell);
    }
    target(made);
    return made;
  }

  function common() {
    const body = { base: Number(value("base")), share: Number(value("share")) };
    set(body, "comment", value("comment"));
    return body;
  }

  const KINDS = {
    check: { path: () => "/v1/plan/checks/" + encodeURIComponent(name || value("name")), body: check, home: "/plan" },
    rule: {
      path: () => "/v1/plan/alerts/" + encodeURIComponent(name || value("name")),
      body: () => ({ rule: rule(), create: isNew, ...common() }),
      home: "/alerts/rules",
    },
    file: {
      path: () => "/v1/plan",
      async body() {
        const { files } = await happo.ask("GET", "/v1/plan");
        let file = value("name");
        file += /\.ya?ml$/.test(file) || Object.hasOwn(files, file) ? "" : ".yaml";
        if (isNew && Object.hasOwn(files, file)) {
          throw new Error(`The plan has a file ${file} already.`);
        }
        return { files: { ...files, [file]: value("text") }, ...common() };
      },
      async without() {
        const { files } = await happo.ask("GET", "/v1/plan");
        delete files[name];
        return { files, ...common() };
      },
      home: "/plan/files",
    },
  };
  const kind = KINDS[form.id];

  // ---- Looking, saving, removing

  const element = (tag, text, style) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (style) {
      made.className = style;
    }
    return made;
  };

  function row(change) {
    const made = element("tr", "", change.kind);
    const head = element("th", change.check);
    head.scope = "row";
    if (change.member) {
      head.append(document.createElement("br"), element("small", change.member));
    }
    const cells = [change.before, change.after].map((text) => {
      const cell = document.createElement("td");
      if (text) {
        cell.append(element("pre", text));
      }
      return cell;
    });
    if (!change.member && change.kind !== "changed") {
      cells[1].append(element("span", change.kind, "tag " + (change.kind === "added" ? "info" : "bad")));
    }
    made.append(head, ...cells);
    return made;
  }

  function show(answer) {
    const parts = [];
    if (!answer.changes.length) {
      parts.push(element("p", "Nothing: the plan says that already.", "empty"));
    } else {
      const table = element("table", "", "diff");
      const head = document.createElement("thead");
      const names = document.createElement("tr");
      for (const text of ["What", "Now", "Then"]) {
        const cell = element("th", text);
        cell.scope = "col";
        names.append(cell);
      }
      head.append(names);
      const body = document.createElement("tbody");
      body.append(...answer.changes.map(row));
      table.append(head, body);
      parts.push(table);
    }
    for (const one of answer.reach ?? []) {
      const who = one.agents === 0 ? "No agent runs it: a mistyped tag or name?"
        : `${one.agents === 1 ? "1 agent runs" : one.agents + " agents run"} it: ${one.some.join(", ")}${one.agents > one.some.length ? " …" : ""}`;
      parts.push(element("p", `${one.check}: ${who}`, one.agents ? "reach" : "hint"));
    }
    for (const text of [...(answer.doubts ?? []), ...(answer.idle ?? [])]) {
      parts.push(element("p", happo.sentence(text), "hint"));
    }
    const place = document.getElementById("preview");
    place.querySelector(".changes").replaceChildren(...parts);
    place.hidden = false;
  }

  async function send(dryRun) {
    happo.problem(form, "");
    if (!form.reportValidity()) {
      return;
    }
    const buttons = [...form.querySelectorAll("button")];
    buttons.forEach((button) => (button.disabled = true));
    try {
      const answer = await happo.ask("PUT", kind.path(), { ...(await kind.body()), dryRun });
      if (dryRun) {
        show(answer);
        document.getElementById("preview").scrollIntoView({ block: "nearest" });
      } else {
        changed = false;
        location.assign(kind.home);
      }
    } catch (error) {
      happo.problem(form, error.message + (/meanwhile/.test(error.message) ? "\nLoad the page again to see it." : ""));
    } finally {
      buttons.forEach((button) => (button.disabled = false));
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(!event.submitter?.classList.contains("save")); // Enter in a field shows what would change.
  });
  form.querySelector("button.remove")?.addEventListener("click", async () => {
    if (await happo.confirmed(`Remove ${name} from the plan? What it has said stays in the history.`)) {
      try {
        if (kind.without) {
          await happo.ask("PUT", kind.path(), await kind.without());
        } else {
          await happo.ask("DELETE", `${kind.path()}?base=${value("base")}`);
        }
        changed = false;
        location.assign(kind.home);
      } catch (error) {
        happo.problem(form, error.message);
      }
    }
  });

  // ---- Trying

  form.querySelector("button.past")?.addEventListener("click", async (event) => {
    const place = document.getElementById("tried");
    happo.problem(form, "");
    event.target.disabled = true;
    try {
      const found = await happo.ask("POST", "/v1/alerts/try", { rule: rule() });
      const list = document.createElement("ol");
      list.className = "events";
      for (const one of found.tellings) {
        list.append(element("li",
          `${new Date(one.time).toLocaleString()}: ${one.kind} ${one.status.toUpperCase()}, ${one.check} on ${one.agent} – to ${one.channels.join(", ")}`));
      }
      const sum = `${found.tellings.length} ${found.tellings.length === 1 ? "message" : "messages"}, tried on ${found.checks} ${found.checks === 1 ? "check" : "checks"}`;
      place.querySelector(".changes").replaceChildren(element("p", sum + (found.left ? `; ${found.left} more were left out.` : ".")), list);
      place.hidden = false;
      place.querySelector("h2").focus();
    } catch (error) {
      happo.problem(form, error.message);
    } finally {
      event.target.disabled = false;
    }
  });

  const run = form.querySelector("button.run");
  run?.addEventListener("click", () => {
    const chosen = value("kind");
    const work = { agent: value("agent") };
    const given = value("arguments").trim();
    if (chosen === "script") {
      work.script = value("script");
    } else if (chosen === "plugin") {
      work.command = value("plugin") + (given ? " " + given : "");
    } else {
      happo.say("What is built in can be run once it is saved.", true);
      return;
    }
    const seconds = happo.seconds(value("timeout"));
    if (seconds) {
      work.deadlineSeconds = seconds;
    }
    runs.run(document.getElementById("try"), work, run, form.querySelector("button.stop"));
  });
})();
