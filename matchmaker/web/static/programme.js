// The order of a programme by dragging; the buttons beside each row do the same without it.
"use strict";

(() => {
  function begin() {
    const list = document.querySelector(".programme-movable");
    if (!list || list.dataset.sortable) return;
    list.dataset.sortable = "1";
    new Sortable(list, {
      handle: ".programme-grip",
      draggable: "[data-pitch]",
      animation: 150,
      ghostClass: "programme-ghost",
      onEnd: (event) => {
        if (event.oldDraggableIndex !== event.newDraggableIndex) htmx.trigger("#programme-order", "reordered");
      },
    });
  }
  document.body.addEventListener("htmx:afterSettle", begin);
  begin();
})();
