// The ranking comes anew every few seconds: what is open stays open, and nothing is taken from under somebody's hands.
"use strict";

(() => {
  const ranking = document.getElementById("ranking");
  if (!ranking) return;
  let open = [];
  document.body.addEventListener("htmx:beforeRequest", (event) => {
    // A reason is being written: the next time is early enough.
    if (event.target === ranking && ranking.querySelector("details.confirm[open]")) event.preventDefault();
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target === ranking) open = [...ranking.querySelectorAll("details.ranking-sheets[open]")].map((each) => each.id);
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== ranking) return;
    for (const id of open) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
  });
})();
