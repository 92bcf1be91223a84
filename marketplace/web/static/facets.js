// The results of a search when htmx has put new ones in their place; without JavaScript each is a page of its own.
(function () {
  "use strict";

  const CHIPS = ".m-chips a";
  let left = null;

  // On a narrow screen the filters begin folded, so that the results come first; without JavaScript they are open.
  function fold() {
    const facets = document.querySelector(".m-facets");
    if (facets && !window.matchMedia("(min-width: 60rem)").matches) facets.open = false;
  }

  // What was used is gone with the old results: a chip that was taken out is its own place in the row.
  function leave(event) {
    const used = event.detail.elt;
    left = used.closest("#results") ? { chip: [...document.querySelectorAll(CHIPS)].indexOf(used) } : null;
  }

  function isLost(focused) {
    return focused === document.body || focused.closest("details:not([open]) > :not(summary)") !== null;
  }

  // htmx gives the focus to what has the same id as before; where that is gone or folded away, here it finds a place.
  function find() {
    if (left && isLost(document.activeElement)) {
      const chips = document.querySelectorAll(CHIPS);
      const next = left.chip < 0 ? null : chips[Math.min(left.chip, chips.length - 1)];
      (next || document.getElementById("count")).focus();
    }
    left = null;
  }

  fold();
  document.addEventListener("htmx:beforeRequest", leave);
  document.addEventListener("htmx:afterSettle", function () {
    fold();
    find();
  });
})();
