// Suggestions below a search box: a combobox with a listbox (WAI-ARIA 1.2). Without JavaScript it is a plain box.
(function () {
  "use strict";

  const WAIT_MS = 120;
  const SHORTEST = 2;
  const LONGEST = 80;

  function element(tag, className, text) {
    const made = document.createElement(tag);
    made.className = className;
    if (text) made.textContent = text;
    return made;
  }

  function begin(input) {
    const list = element("ul", "m-suggest");
    const told = element("div", "kern-sr-only");
    let items = [];
    let active = -1;
    let waiting = 0;
    let request = null;

    list.id = `${input.id}-suggestions`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.dataset.label);
    told.setAttribute("aria-live", "polite");
    // A searchbox is no combobox; the keyboard of a telephone keeps its key for searching.
    input.type = "text";
    input.enterKeyHint = "search";
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);
    input.parentElement.append(list, told);

    function choose(number) {
      active = number;
      for (const [at, option] of Array.from(list.children).entries()) {
        option.setAttribute("aria-selected", String(at === active));
        if (at === active) option.scrollIntoView({ block: "nearest" });
      }
      if (active < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[active].id);
    }

    function forget() {
      window.clearTimeout(waiting);
      if (request) request.abort();
      request = null;
    }

    function close() {
      forget();
      choose(-1);
      list.hidden = true;
      told.textContent = "";
      input.setAttribute("aria-expanded", "false");
    }

    function optionOf(item, number) {
      const option = element("li", "m-suggest__option");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.append(
        element("span", "m-suggest__name", item.name),
        element("span", "m-suggest__kind", input.dataset[item.kind]),
      );
      if (item.detail) option.append(element("span", "m-suggest__detail", item.detail));
      // The box keeps the focus, else it would close the list before the click arrives.
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => window.location.assign(item.url));
      return option;
    }

    function show(found) {
      items = found;
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.replaceChildren(...items.map(optionOf));
      list.hidden = items.length === 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      const words = input.dataset;
      told.textContent = items.length > 1 ? words.many.replace("{n}", items.length) : items.length ? words.one : words.none;
    }

    async function ask(typed) {
      request = new AbortController();
      const { signal } = request;
      try {
        const response = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`, { signal });
        const answer = response.ok ? await response.json() : { items: [] };
        if (!signal.aborted) show(answer.items);
      } catch (error) {
        // Suggestions are a help, not the search: without an answer there are none.
        if (!signal.aborted) close();
      }
    }

    input.addEventListener("input", (event) => {
      const typed = input.value.trim();
      forget();
      if (list.hidden) items = [];
      if (event.isComposing) return;
      if (typed.length < SHORTEST || typed.length > LONGEST) close();
      else waiting = window.setTimeout(ask, WAIT_MS, typed);
    });

    input.addEventListener("keydown", (event) => {
      const { key } = event;
      const count = list.hidden ? 0 : items.length;
      if (event.isComposing) return;
      if (key === "Escape" && count) close();
      else if (key === "Enter" && active >= 0) window.location.assign(items[active].url);
      else if (key === "ArrowDown" && count) choose(active + 1 < count ? active + 1 : -1);
      else if (key === "ArrowUp" && count) choose(active < 0 ? count - 1 : active - 1);
      else if (key === "ArrowDown" && items.length && input.value.trim().length >= SHORTEST) show(items);
      else return;
      event.preventDefault();
    });

    input.addEventListener("blur", close);
    if (input.form) input.form.addEventListener("submit", close);
  }

  function beginAll() {
    for (const input of document.querySelectorAll("input[data-suggest]:not([role])")) begin(input);
  }

  beginAll();
  document.addEventListener("htmx:afterSettle", beginAll);
})();
