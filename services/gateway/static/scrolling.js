// A table that is wider than the screen can be scrolled by keyboard, too: its box takes the focus, but only while it has something to scroll.
"use strict";
(() => {
  const boxes = [...document.querySelectorAll(".scroll")];
  const reach = () => {
    for (const box of boxes) {
      if (box.scrollWidth <= box.clientWidth) {
        for (const name of ["tabindex", "role", "aria-label"]) box.removeAttribute(name);
        continue;
      }
      const heading = box.querySelector("caption") ?? box.closest("section")?.querySelector("h2, h3") ?? document.querySelector("h1");
      box.tabIndex = 0;
      box.setAttribute("role", "group");
      box.setAttribute("aria-label", heading?.textContent.trim() ?? document.title);
    }
  };
  const watch = new ResizeObserver(reach);
  boxes.forEach((box) => watch.observe(box));
})();
