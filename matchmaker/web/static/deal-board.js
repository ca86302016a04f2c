// The board of deals: a card is dragged, or moved by the keyboard, and saved at once. Without this script the menu of
// each card does the same.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const board = document.getElementById("deal-board");
  if (!board || !window.Sortable) return;
  const toast = document.getElementById("board-toast");
  const said = document.getElementById("board-said");
  const columns = [...board.querySelectorAll(".board-column .board-cards")];
  const listOf = (state) => board.querySelector(`.board-cards[data-state="${state}"]`);
  let undo = null;
  let hiding = 0;

  function tell(sentence, { bad = false, back = null } = {}) {
    toast.querySelector("span").textContent = sentence;
    toast.classList.toggle("board-toast-bad", bad);
    undo = back;
    toast.querySelector("button").hidden = !back;
    toast.hidden = false;
    said.textContent = sentence;
    clearTimeout(hiding);
    hiding = setTimeout(() => { toast.hidden = true; }, bad ? 12000 : 8000);
  }

  function showHeads(heads) {
    for (const [state, head] of Object.entries(heads || {})) {
      const count = board.querySelector(`[data-count="${state}"]`);
      const value = board.querySelector(`[data-value="${state}"]`);
      if (count) count.textContent = head.count;
      if (value) value.textContent = head.value;
    }
  }

  // The card as the server has it now takes the place of the one that was moved; one that sleeps or is lost leaves.
  function put(card, answer, list, next) {
    const fresh = document.createElement("template");
    fresh.innerHTML = answer.card.trim();
    const made = fresh.content.firstElementChild;
    card.remove();
    if (!list || list.classList.contains("board-drop")) return null;
    list.insertBefore(made, next && next.parentElement === list ? next : list.firstElementChild);
    if (window.htmx) htmx.process(made);
    return made;
  }

  async function ask(state) {
    const dialog = document.getElementById(`ask-${state}`);
    const form = dialog.querySelector("form");
    form.reset();
    dialog.returnValue = "";
    dialog.showModal();
    await new Promise((done) => dialog.addEventListener("close", done, { once: true }));
    return dialog.returnValue === "yes" ? new FormData(form) : null;
  }
  for (const dialog of document.querySelectorAll(".board-ask")) {
    dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close(""));
  }

  async function save(card, to, { from, next = null, version = card.dataset.version, undoing = false } = {}) {
    const body = to === "sleeping" || to === "lost" ? await ask(to) : new FormData();
    if (!body) return putBack(card, from, next);
    body.set("to", to);
    body.set("version", version);
    card.classList.add("board-busy");
    try {
      const query = board.dataset.query;
      const answer = await fetch(card.dataset.deal + (query ? `?${query}` : ""), {
        method: "POST",
        body,
        headers: { Accept: "application/json", "X-CSRFToken": board.dataset.token },
      });
      const found = await answer.json();
      showHeads(found.heads);
      if (!answer.ok) {
        tell(found.sentence, { bad: true });
        if (found.card) put(card, found, listOf(found.state), found.state === from.dataset.state ? next : null);
        else putBack(card, from, next);
        return;
      }
      const beside = listOf(to) === card.parentElement ? card.nextElementSibling : null;
      const made = put(card, found, listOf(to), beside);
      const back = undoing ? null : () => {
        const again = document.getElementById(`deal-${card.id.slice(5)}`) || card;
        if (!again.isConnected) { again.hidden = false; from.prepend(again); }
        save(again, found.undo, { from: listOf(to) || from, version: found.version, undoing: true });
      };
      tell(found.sentence, { back });
      if (made) {
        made.classList.add("board-moved");
        setTimeout(() => made.classList.remove("board-moved"), 1500);
        if (card.dataset.byKeyboard) made.querySelector("a").focus();
      }
    } catch {
      tell(board.dataset.failed, { bad: true });
      putBack(card, from, next);
    } finally {
      card.classList.remove("board-busy");
    }
  }

  function putBack(card, from, next) {
    from.insertBefore(card, next && next.parentElement === from ? next : null);
  }

  toast.querySelector("button").addEventListener("click", () => {
    toast.hidden = true;
    if (undo) undo();
  });

  for (const list of board.querySelectorAll(".board-cards")) {
    let next = null;
    new Sortable(list, {
      group: "deals",
      draggable: ".board-card",
      filter: ".board-menu",
      preventOnFilter: false,
      animation: 150,
      delay: 180,
      delayOnTouchOnly: true,
      ghostClass: "board-ghost",
      scroll: true,
      onStart: (event) => { next = event.item.nextElementSibling; },
      onEnd: (event) => {
        if (event.from !== event.to) save(event.item, event.to.dataset.state, { from: event.from, next });
      },
    });
  }

  // The menu's buttons save without leaving the board.
  board.addEventListener("submit", (event) => {
    const card = event.target.closest(".board-card");
    if (!card || !event.submitter || !event.submitter.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    card.dataset.byKeyboard = "1";
    save(card, event.submitter.value, { from: card.parentElement, next: card.nextElementSibling });
  }, true);
  board.addEventListener("click", (event) => {
    const link = event.target.closest("[data-ask]");
    if (!link) return;
    event.preventDefault();
    const card = link.closest(".board-card");
    link.closest("details").open = false;
    save(card, link.dataset.ask, { from: card.parentElement, next: card.nextElementSibling });
  });

  board.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const card = event.target.closest(".board-card");
    if (!event.altKey || !step || !card) return;
    event.preventDefault();
    const target = columns[columns.indexOf(card.parentElement) + step];
    if (!target) return;
    card.dataset.byKeyboard = "1";
    save(card, target.dataset.state, { from: card.parentElement, next: card.nextElementSibling });
  });
});
