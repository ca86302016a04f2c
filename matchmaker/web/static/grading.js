// The grading desk by keyboard: every key presses what carries it (data-key). The screen works without it.
"use strict";

(() => {
  const help = document.getElementById("desk-help");
  const pair = () => document.getElementById("desk-pair");
  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", () => document.getElementById(button.dataset.opens).showModal());
  }
  if (!pair()) return;

  const BUSY = ".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added";
  const arrows = { ArrowRight: "j", ArrowLeft: "k" };
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

  // A disabled button, or one in a panel that is shut, is not pressed.
  function press(key) {
    const named = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)];
    const found = named.find((one) => one.offsetParent && !one.disabled);
    if (found) found.click();
    return found !== undefined;
  }
  function closePanels() {
    for (const details of pair().querySelectorAll("details[open]")) details.open = false;
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  }
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches(".desk-drop") || !event.target.open) return;
    for (const other of document.querySelectorAll(".desk-drop[open]")) if (other !== event.target) other.open = false;
    const field = event.target.querySelector("input:not([type=hidden])");
    if (field) field.focus();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.key === "Escape") { closePanels(); return; }
    // A request on its way brings another pair: a second press would be meant for that one.
    if (event.repeat || isTyping(event.target) || document.querySelector(BUSY)) return;
    const key = arrows[event.key] || (event.key.length === 1 ? event.key.toLowerCase() : event.key);
    if (press(key)) event.preventDefault();
  });
})();
