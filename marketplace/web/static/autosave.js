// Keeps what is typed into a form a few seconds after a change. Without JavaScript one saves by button.
(function () {
  "use strict";

  const WAIT_MS = 3000;
  const MOST_ON_LEAVING = 60000;
  const form = document.querySelector("form[data-draft]");
  const told = document.querySelector(".m-autosave");
  if (!form || !told) return;

  let waiting = 0;
  let request = null;
  let leaving = false;

  function tell(text, failed) {
    told.textContent = text;
    told.classList.toggle("m-autosave--failed", failed);
    if (failed) told.setAttribute("role", "alert");
    else told.removeAttribute("role");
  }

  function content() {
    return new URLSearchParams(new FormData(form));
  }

  async function keep() {
    waiting = 0;
    if (request) request.abort();
    request = new AbortController();
    const { signal } = request;
    try {
      const response = await fetch(form.dataset.draft, { method: "POST", body: content(), signal });
      if (!response.ok) throw new Error(String(response.status));
      const answer = await response.json();
      if (!signal.aborted) tell(told.dataset.saved.replace("{time}", answer.saved_at), false);
    } catch (error) {
      if (!signal.aborted && !leaving) tell(told.dataset.failed, true);
    }
  }

  function changed() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(keep, WAIT_MS);
  }

  form.addEventListener("input", changed);
  form.addEventListener("submit", () => {
    leaving = true;
    window.clearTimeout(waiting);
    waiting = 0;
    if (request) request.abort();
  });
  window.addEventListener("pagehide", () => {
    if (!waiting || leaving) return;
    const body = content();
    leaving = true;
    if (body.toString().length < MOST_ON_LEAVING) fetch(form.dataset.draft, { method: "POST", body, keepalive: true });
  });
})();
