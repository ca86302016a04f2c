// The calendar of events. Without this script the page shows the list.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("calendar");
  if (!place || !window.FullCalendar) return;
  const narrow = window.matchMedia("(max-width: 720px)").matches;
  const views = { month: "dayGridMonth", week: "timeGridWeek" };
  const calendar = new FullCalendar.Calendar(place, {
    // Moments arrive in official time and are shown as they are, wherever the browser is.
    timeZone: "UTC",
    now: place.dataset.now,
    locale: place.dataset.locale,
    initialView: narrow ? "listMonth" : views[place.dataset.view],
    headerToolbar: { left: "prev,today,next", center: "title", right: "" },
    // The icons would be a font in the style sheet, which the policy of this site refuses.
    buttonIcons: false,
    buttonText: { prev: place.dataset.previous, next: place.dataset.next, today: place.dataset.today },
    eventDisplay: "block",
    height: "auto",
    firstDay: 1,
    slotMinTime: "08:00:00",
    slotMaxTime: "21:00:00",
    allDaySlot: false,
    dayMaxEvents: 4,
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    events: { url: place.dataset.source, failure: () => { place.dataset.failed = "1"; } },
    // A day is called by all that stands in it, not by its number alone.
    dayCellDidMount: (day) => day.el.removeAttribute("aria-labelledby"),
    eventDidMount: (shown) => {
      const { place: where, state } = shown.event.extendedProps;
      shown.el.title = [shown.event.title, where, state].filter(Boolean).join(" · ");
    },
  });
  calendar.render();
});
