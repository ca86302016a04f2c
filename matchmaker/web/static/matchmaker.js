// Small comforts; every page works without them.
"use strict";

// One open menu at a time; a click elsewhere and Escape close it.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest && event.target.closest("details[data-menu][open]");
  closeMenus(null);
  if (open) open.querySelector("summary").focus();
});

// The summary of a form's errors is what a person must read first.
const first = document.querySelector("[data-autofocus]");
if (first) first.focus();

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.matches("[hx-post], [hx-put], [hx-delete]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// One box ticks all others of its form that may be ticked; while only some are, it says so.
document.addEventListener("change", (event) => {
  const all = event.target.form && event.target.form.querySelector("[data-ticks]");
  if (!all) return;
  const boxes = [...all.form.querySelectorAll(`input[name="${all.dataset.ticks}"]:not(:disabled)`)];
  if (event.target === all) for (const box of boxes) box.checked = all.checked;
  const ticked = boxes.filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
});

// Of a row of tabs that is wider than the screen, the one that is open is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.parentElement;
  const [place, room] = [tab.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += place.left + place.width / 2 - room.left - room.width / 2;
}
