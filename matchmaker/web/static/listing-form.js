// The form of a listing: saving as one types, rows of indicators, counting characters. It works without all of this.
"use strict";

(() => {
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const autosave = document.querySelector("[data-autosave]");
  const text = (key) => document.getElementById("save-texts").content.querySelector(`[data-text="${key}"]`).textContent;

  // Saving. While a save is on its way the form waits for it, so that it is sent with the newest version.
  let saving = false, unsaved = false, submitter = null, leaving = false;

  function say(key, wrong) {
    const status = document.getElementById("save-status");
    status.textContent = text(key);
    status.classList.toggle("save-status-wrong", wrong);
  }

  // More than any server would take in: sent, it would come back as an error without the text.
  const MOST = 300000;
  const isTooMuch = () => [...form.elements].reduce((sum, control) => sum + (control.value || "").length, 0) > MOST;

  form.addEventListener("input", () => { unsaved = true; });
  document.addEventListener("submit", (event) => {
    if (event.target !== form) return;
    if (isTooMuch()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      say("too-much", true);
      return;
    }
    if (saving) {
      event.preventDefault();
      event.stopImmediatePropagation();
      submitter = event.submitter;
      return;
    }
    leaving = true;
  }, true);
  window.addEventListener("beforeunload", (event) => {
    if (unsaved && !leaving) event.preventDefault();
  });
  window.addEventListener("pageshow", () => { leaving = false; });

  if (autosave) {
    autosave.addEventListener("htmx:beforeRequest", (event) => {
      if (leaving) { event.preventDefault(); return; }
      if (isTooMuch()) {
        event.preventDefault();
        say("too-much", true);
        return;
      }
      saving = true;
      unsaved = false;
      say("saving", false);
    });
    // Somebody logged out elsewhere: the text stays here rather than being left for the log-in page.
    autosave.addEventListener("htmx:beforeOnLoad", (event) => {
      const status = event.detail.xhr.status;
      if (status !== 400 && status !== 401) return;
      event.preventDefault();
      unsaved = true;
      say("signed-out", true);
    });
    autosave.addEventListener("htmx:sendError", () => {
      unsaved = true;
      say("offline", true);
      window.setTimeout(() => window.htmx.trigger(autosave, "save-now"), 15000);
    });
    autosave.addEventListener("htmx:responseError", () => { unsaved = true; });
    autosave.addEventListener("htmx:afterRequest", () => {
      saving = false;
      if (submitter) {
        const button = submitter;
        submitter = null;
        form.requestSubmit(button);
      }
    });
  }

  // Rows of indicators.
  const rows = form.querySelector("[data-rows]");
  const template = form.querySelector("[data-row-template]");

  function show(row) {
    row.querySelector("[data-remove-row]").hidden = false;
    row.classList.toggle("row-between", row.querySelector("[data-comparator]").value === "between");
  }

  function nextPlace() {
    const places = [...rows.querySelectorAll("[name$='-name']")].map((input) => Number(input.name.split("-")[1]));
    return Math.max(-1, ...places) + 1;
  }

  function addRow() {
    const copy = template.content.cloneNode(true);
    const place = nextPlace();
    for (const input of copy.querySelectorAll("[name]")) input.name = input.name.replace("__", place);
    rows.append(copy);
    show(rows.lastElementChild);
    rows.lastElementChild.querySelector("input").focus();
  }

  if (rows) {
    form.classList.add("has-rows");
    for (const row of rows.querySelectorAll("[data-row]")) show(row);
    form.querySelector("[data-add-row]").addEventListener("click", (event) => {
      event.preventDefault();
      addRow();
    });
    rows.addEventListener("change", (event) => {
      if (event.target.matches("[data-comparator]")) show(event.target.closest("[data-row]"));
    });
    rows.addEventListener("click", (event) => {
      const button = event.target.closest("[data-remove-row]");
      if (!button) return;
      const row = button.closest("[data-row]");
      const neighbour = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      if (neighbour) neighbour.querySelector("input").focus();
      else addRow();
      form.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  // From a passage that was found to its place in the text. Places count characters, controls count half-characters.
  function select(control, from, to) {
    if (!control || !control.setSelectionRange) return;
    const place = (count) => [...control.value].slice(0, count).join("").length;
    control.focus();
    control.setSelectionRange(place(from), place(to));
    control.scrollTop = control.scrollHeight * (place(from) / Math.max(1, control.value.length)) - control.clientHeight / 2;
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-from]");
    if (!link || !link.hash || link.pathname !== location.pathname) return;
    event.preventDefault();
    select(document.getElementById(link.hash.slice(1)), Number(link.dataset.from), Number(link.dataset.to));
  });
  const asked = new URLSearchParams(location.search);
  if (asked.has("from") && location.hash) {
    select(document.getElementById(location.hash.slice(1)), Number(asked.get("from")), Number(asked.get("to")));
  }

  // Counting: nothing is cut off, but what is too long is said at once.
  for (const control of form.querySelectorAll("[data-most]")) {
    const most = Number(control.dataset.most);
    const counter = document.createElement("p");
    counter.className = "field-count";
    counter.setAttribute("aria-hidden", "true");
    control.after(counter);
    const count = () => {
      const length = [...control.value].length;
      counter.textContent = length > most ? text("too-long").replace("{most}", most).replace("{length}", length) : `${length} / ${most}`;
      counter.classList.toggle("field-count-over", length > most);
      counter.hidden = length < most * 0.6;
    };
    control.addEventListener("input", count);
    count();
  }
})();
