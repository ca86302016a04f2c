// Uploads show how far they are; a file that is too large is told before it is sent. Without scripts both still work.
"use strict";

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches || !input.matches("[data-upload] input[type=file]")) return;
  const file = input.files[0];
  const tooLarge = file && file.size > Number(input.dataset.mostBytes);
  input.setCustomValidity(tooLarge ? input.dataset.tooLarge : "");
  input.reportValidity();
});

document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.querySelector && event.target.querySelector(".attachment-progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = (100 * event.detail.loaded) / event.detail.total;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const bar = event.target.querySelector && event.target.querySelector(".attachment-progress");
  if (bar) bar.hidden = true;
});
