// Triage by keyboard: j/k move, every other key presses what carries it (data-key). The screen works without it.
"use strict";

(() => {
  const list = document.querySelector(".queue-list");
  const help = document.getElementById("triage-help");
  const rows = () => [...document.querySelectorAll("[data-match]")];
  const pane = () => document.getElementById("triage-pair");
  const current = () => rows().find((row) => row.dataset.match === (pane() || {}).dataset?.pair);

  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
  }
  if (!list) return;

  // The row of the pair that is looked at is marked and in sight.
  function mark() {
    const now = current();
    for (const row of rows()) row.toggleAttribute("aria-current", row === now);
    if (!now) return;
    now.setAttribute("aria-current", "true");
    // Beside the pair the list scrolls by itself; below it, on a phone, the pair is what must be in sight.
    if (list.scrollHeight > list.clientHeight) now.scrollIntoView({ block: "nearest" });
    else if (pane().getBoundingClientRect().top < 0) pane().scrollIntoView();
  }
  document.body.addEventListener("htmx:afterSettle", mark);

  // What follows is what stands next in the list and has not been decided yet.
  function following() {
    const all = rows();
    const place = all.indexOf(current());
    const order = [...all.slice(place + 1), ...all.slice(0, Math.max(place, 0))];
    const next = order.find((row) => !("done" in row.dataset));
    return next ? next.dataset.match : "";
  }
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt.closest("#triage-pair")) event.detail.parameters.set("then", following());
  });

  function move(step) {
    const all = rows();
    const next = all[all.indexOf(current()) + step];
    if (next) next.click();
  }

  function isTyping(target) {
    return target.closest("input, textarea, select, [contenteditable]") !== null;
  }

  // One panel at a time; what it asks first gets the focus.
  function press(key) {
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find((one) => one.offsetParent);
    if (!found) return false;
    if (key === "f") openForwarding();
    else found.click();
    return true;
  }
  function openForwarding() {
    const details = pane().querySelector(".forwarding-new");
    if (!details) return;
    details.open = true;
    details.scrollIntoView({ block: "nearest" });
    details.querySelector("select, input:not([type=hidden])").focus();
  }
  function closePanels() {
    for (const details of pane().querySelectorAll("details[open]")) details.open = false;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches(".triage-drop") || !event.target.open) return;
    for (const other of document.querySelectorAll(".triage-drop[open]")) if (other !== event.target) other.open = false;
  }, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-key='f']");
    if (!link) return;
    event.preventDefault();
    openForwarding();
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") { closePanels(); return; }
    // A request on its way brings another pair: a second press would be meant for that one.
    if (isTyping(event.target) || document.querySelector(".htmx-request")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "j" || key === "ArrowDown") {
      if (current()) move(1);
      else press("j");
    } else if (key === "k" || key === "ArrowUp") move(-1);
    else if (!press(key)) return;
    event.preventDefault();
  });
})();
