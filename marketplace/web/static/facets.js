// On a narrow screen the filters begin folded, so that the results come first; without JavaScript they are open.
(function () {
  "use strict";

  function fold() {
    const facets = document.querySelector(".m-facets");
    if (facets && !window.matchMedia("(min-width: 60rem)").matches) facets.open = false;
  }

  fold();
  document.addEventListener("htmx:afterSettle", fold);
})();
