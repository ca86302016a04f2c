// The organiser's grid: take a meeting up by dragging, or open it and choose a place. The server checks every change.
"use strict";

(() => {
  let held = null;
  let opened = null;

  const grid = () => document.querySelector('.tt-grid[data-moves="yes"]');
  const busy = () => JSON.parse((document.getElementById("tt-busy") || { textContent: "{}" }).textContent);
  const people = (meeting) => meeting.dataset.people.split(" ");

  // Which slots would clash: somebody is not to be had, or meets somebody else there. Only a hint; the server decides.
  function badSlots(meeting) {
    const bad = new Set();
    const blocked = busy();
    for (const person of people(meeting)) for (const slot of blocked[person] || []) bad.add(String(slot));
    for (const other of grid().querySelectorAll(".tt-meeting")) {
      if (other !== meeting && people(other).some((person) => people(meeting).includes(person))) bad.add(other.dataset.slot);
    }
    return bad;
  }

  function showPlaces(meeting) {
    const bad = badSlots(meeting);
    for (const cell of grid().querySelectorAll(".tt-cell")) {
      const locked = [...cell.querySelectorAll(".tt-meeting")].some((other) => other !== meeting && !other.draggable);
      cell.classList.toggle("is-bad", "shut" in cell.dataset || locked || bad.has(cell.dataset.slot));
    }
    grid().classList.add("is-moving");
  }
  function hidePlaces() {
    if (grid()) grid().classList.remove("is-moving");
    for (const cell of document.querySelectorAll(".tt-cell.is-over")) cell.classList.remove("is-over");
  }

  function send(url, values) {
    const chosen = document.getElementById("tt-person");
    if (chosen) values.person = chosen.value;
    window.htmx.ajax("POST", url, { target: "#timetable", swap: "outerHTML", values });
  }

  // The board is shown anew after each change: what was in sight stays in sight, and the meeting keeps the focus.
  let sight = null;
  const scroller = () => document.querySelector(".tt-scroll");
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "timetable" && scroller()) sight = [scroller().scrollLeft, scroller().scrollTop];
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (sight && scroller()) scroller().scrollTo(...sight);
    sight = null;
    const moved = opened && document.querySelector(`.tt-meeting[data-id="${opened.dataset.id}"] .tt-names`);
    if (moved && document.activeElement === document.body) moved.focus({ preventScroll: true });
    opened = null;
  });
  const version = () => document.getElementById("timetable").dataset.version;
  const addressOf = (meeting, step = "move") => `${grid().dataset.base}/${meeting.dataset.id}/${step}`;

  document.addEventListener("dragstart", (event) => {
    const meeting = event.target.closest && event.target.closest('.tt-meeting[draggable="true"]');
    if (!meeting || !grid()) return;
    held = meeting;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", meeting.dataset.id);
    showPlaces(meeting);
  });
  document.addEventListener("dragend", () => { held = null; hidePlaces(); });
  document.addEventListener("dragover", (event) => {
    const cell = held && event.target.closest(".tt-cell");
    for (const other of document.querySelectorAll(".tt-cell.is-over")) if (other !== cell) other.classList.remove("is-over");
    if (!cell || "shut" in cell.dataset) return;
    event.preventDefault();
    cell.classList.add("is-over");
  });
  document.addEventListener("drop", (event) => {
    const cell = held && event.target.closest(".tt-cell");
    if (!cell) return;
    event.preventDefault();
    const { slot, table } = cell.dataset;
    if (slot !== held.dataset.slot || table !== held.dataset.table) send(addressOf(held), { slot, table, version: version() });
  });

  // By keyboard and on a phone: a meeting opens, and its place is chosen from lists.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest('[data-opens="tt-dialog"]');
    if (opener) open(opener);
    const act = event.target.closest(".tt-dialog [data-act]");
    if (!act) return;
    const dialog = act.closest("dialog");
    if (act.dataset.act !== "close") {
      event.preventDefault();
      const form = act.closest("form");
      const values = Object.fromEntries(new FormData(form));
      if (act.name) values[act.name] = act.value;
      const step = act.dataset.act === "unlock" ? "lock" : act.dataset.act;
      send(addressOf(opened, step), values);
    }
    dialog.close();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches('[data-opens="tt-dialog"]') || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    open(event.target);
  });
  function open(opener) {
    const dialog = document.getElementById("tt-dialog");
    const meeting = opener.closest(".tt-meeting");
    const locked = opener.dataset.locked === "yes";
    opened = meeting;
    dialog.querySelector("h3").textContent = opener.title;
    const wrong = dialog.querySelector(".tt-dialog-wrong");
    wrong.replaceChildren(...opener.dataset.wrong.split("\n").filter(Boolean).map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    for (const name of ["slot", "table"]) {
      const field = dialog.querySelector(`[name=${name}]`);
      if (field) field.value = meeting.dataset[name];
    }
    dialog.querySelector('[data-act="lock"]').hidden = locked;
    dialog.querySelector('[data-act="unlock"]').hidden = !locked;
    for (const act of ["move", "remove"]) dialog.querySelector(`[data-act="${act}"]`).disabled = locked;
    dialog.showModal();
  }
})();
