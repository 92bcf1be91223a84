// Says some minutes before a session ends that it will, and offers to stay signed in. Without JavaScript the footer
// of every page says until when one is signed in.
(function () {
  "use strict";

  const WARN_MS = 5 * 60 * 1000;
  const bar = document.getElementById("m-session");
  if (!bar) return;
  const soon = bar.querySelector("[data-soon]");
  const over = bar.querySelector("[data-over]");
  const button = bar.querySelector("button");
  let endsAt = 0;
  let warnAt = 0;
  let timer = 0;

  function count(seconds) {
    endsAt = Date.now() + seconds * 1000;
    warnAt = endsAt - Math.min(WARN_MS, seconds * 500);
    look();
  }

  // A computer that slept wakes with its timers late, so the clock decides and not the timer.
  function look() {
    window.clearTimeout(timer);
    const now = Date.now();
    const ended = now >= endsAt;
    const warned = now >= warnAt;
    soon.hidden = ended || !warned;
    over.hidden = !ended;
    if (button) button.hidden = ended || !warned;
    bar.hidden = !warned;
    if (!ended) timer = window.setTimeout(look, Math.min((warned ? endsAt : warnAt) - now, 60000) + 50);
  }

  async function stay() {
    button.disabled = true;
    try {
      const answer = await fetch(bar.dataset.prolong, {
        method: "POST",
        headers: { "X-CSRFToken": bar.dataset.token },
        credentials: "same-origin",
      });
      // Whatever else it answers, the bar stays and can be tried again.
      if (answer.ok || answer.status === 401) count((await answer.json()).seconds_left);
    } finally {
      button.disabled = false;
    }
  }

  if (button) button.addEventListener("click", stay);
  document.addEventListener("visibilitychange", look);
  count(Number(bar.dataset.left));
})();
