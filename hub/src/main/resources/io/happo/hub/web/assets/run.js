// Has an agent run something now, and shows what it says while it says it.
"use strict";
const runs = (() => {
  const STATUSES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"];

  /** Runs, writes into what is around `place`, and resolves when it has ended. */
  async function run(place, work, button, stop) {
    const ran = place.querySelector(".ran");
    const verdict = ran.querySelector(".verdict");
    const output = ran.querySelector(".output");
    ran.hidden = false;
    output.textContent = "";
    verdict.className = "verdict";
    verdict.textContent = "Running …";
    button.disabled = true;
    let id = null;
    const cancel = () => id && happo.ask("DELETE", "/v1/runs/" + id).catch((error) => happo.say(error.message, true));
    stop.addEventListener("click", cancel);
    try {
      id = (await happo.ask("POST", "/v1/runs", work)).id;
      stop.hidden = false;
      let from = 0;
      for (;;) {
        const heard = await happo.ask("GET", `/v1/runs/${id}?from=${from}&waitMillis=20000`);
        from = heard.next;
        if (heard.output) {
          output.append(heard.output);
          output.scrollTop = output.scrollHeight;
        }
        if (heard.ended) {
          end(verdict, heard);
          return;
        }
      }
    } catch (error) {
      verdict.classList.add("critical");
      verdict.textContent = error.message;
    } finally {
      button.disabled = false;
      stop.hidden = true;
      stop.removeEventListener("click", cancel);
    }
  }

  function end(verdict, heard) {
    const status = heard.status ?? 3;
    verdict.classList.add(STATUSES[status].toLowerCase());
    const took = heard.durationMillis === undefined ? "" : ` after ${heard.durationMillis} ms`;
    if (heard.outcome === "exited") {
      verdict.textContent = `${STATUSES[status]}: ended with exit status ${heard.exit}${took}.`;
    } else {
      verdict.textContent = `${STATUSES[status]}: ${heard.outcome}${heard.message ? ": " + heard.message : ""}${took}.`;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.run) {
      event.preventDefault();
      const kind = form.elements.kind.value;
      run(form.closest("section"), { agent: form.dataset.run, [kind]: form.elements[kind].value },
        form.querySelector(".primary"), form.querySelector(".stop"));
    }
  });

  return { run };
})();
