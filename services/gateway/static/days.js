// Beside each field for a day a button that opens the browser's calendar; in the field Alt+↓ does. What is chosen stands there as one would
// have typed it. The button is for the mouse and the finger alone: by keyboard and by ear one types, and has one stop less.
"use strict";
for (const field of document.querySelectorAll("input[data-day]")) {
  if (!HTMLInputElement.prototype.showPicker) break;
  const calendar = document.createElement("input");
  const button = document.createElement("button");
  Object.assign(calendar, { type: "date", tabIndex: -1, min: field.dataset.min ?? "", max: field.dataset.max ?? "" });
  Object.assign(button, { type: "button", tabIndex: -1, textContent: "▾", title: field.dataset.calendar });
  for (const hidden of [calendar, button]) hidden.setAttribute("aria-hidden", "true");
  const open = () => {
    const [, day, month, year] = field.value.match(/^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*$/) ?? [];
    calendar.value = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
    calendar.showPicker();
  };
  button.addEventListener("click", open);
  field.addEventListener("keydown", (event) => {
    if (!event.altKey || event.key !== "ArrowDown") return;
    event.preventDefault();
    open();
  });
  calendar.addEventListener("change", () => {
    if (!calendar.value) return;
    field.value = calendar.value.split("-").reverse().join("/");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  field.after(button, calendar);
}
