// A scoring sheet on a phone: marks by one tap, and everything saved while it is written, one request at a time.
"use strict";

(() => {
  const form = document.getElementById("sheet");
  if (!form) return;
  const status = document.getElementById("sheet-status");
  const LATER = 600;
  let timer = null;
  let busy = false;
  let again = false;
  let signing = false;

  function mark() {
    for (const chips of form.querySelectorAll("[data-chips]")) {
      const field = document.getElementById(chips.dataset.chips);
      for (const chip of chips.children) chip.setAttribute("aria-pressed", String(chip.dataset.mark === field.value.trim()));
    }
  }

  async function save() {
    if (signing) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      const answer = await fetch(form.dataset.save, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const text = await answer.text();
      if (answer.ok || answer.status === 409) status.innerHTML = text;
      else fail();
    } catch {
      fail();
    }
    busy = false;
    if (again) { again = false; save(); }
  }

  // Out of reach: what is typed stays on the page, and is sent as soon as there is a network again.
  function fail() {
    const line = status.querySelector(".sheet-saved");
    if (line) { line.classList.add("sheet-unsaved"); line.textContent = form.dataset.unsaved; }
    again = false;
    timer = setTimeout(save, 5000);
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(save, LATER);
  }

  for (const chips of form.querySelectorAll("[data-chips]")) {
    chips.hidden = false;
    chips.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-mark]");
      if (!chip) return;
      document.getElementById(chips.dataset.chips).value = chip.dataset.mark;
      mark();
      later();
    });
  }
  form.addEventListener("input", () => { mark(); later(); });
  // Signing while a draft is on its way would meet an older version.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!busy) { signing = true; return; }
    event.preventDefault();
    const button = event.submitter;
    const wait = setInterval(() => {
      if (busy) return;
      clearInterval(wait);
      delete form.dataset.sent;
      form.requestSubmit(button);
    }, 50);
  });
  window.addEventListener("online", () => save());
  form.classList.add("sheet-live");
  mark();
})();
