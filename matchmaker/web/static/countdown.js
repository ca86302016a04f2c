// Counts down to a moment on a page that was made some time ago; without it the page says how long it was then.
"use strict";

for (const place of document.querySelectorAll("[data-until]")) {
  const until = Date.parse(place.dataset.until);
  const tick = () => {
    const minutes = Math.ceil((until - Date.now()) / 60000);
    if (minutes <= 0) place.textContent = place.dataset.passed;
    else if (minutes < 60) place.textContent = place.dataset.minutes.replace("{m}", String(minutes));
    else if (minutes < 60 * 24) {
      const hours = String(Math.floor(minutes / 60));
      place.textContent = place.dataset.hours.replace("{h}", hours).replace("{m}", String(minutes % 60));
    }
  };
  tick();
  window.setInterval(tick, 15000);
}
