/* Forms with data-saving save themselves (hx-trigger with "unsaved"). htmx waits until typing rests; whoever types on without
   a pause is saved in between, so that a machine that goes down takes two seconds of typing along at most. What did not
   reach the server is sent again until it does. */
(() => {
  const SOON_MS = 1500, AGAIN_MS = 3000;
  const said = document.currentScript.dataset;
  const waiting = new WeakMap();
  const saving = (element) => element.closest?.("form[data-saving]");

  const wait = (form, time) => {
    if (!waiting.has(form)) waiting.set(form, setTimeout(() => { waiting.delete(form); htmx.trigger(form, "unsaved"); }, time));
  };
  const rest = (form) => { clearTimeout(waiting.get(form)); waiting.delete(form); };
  const lost = ({ target }) => {
    const form = saving(target);
    if (!form) return;
    document.querySelector(form.getAttribute("hx-target")).textContent = said.lost;
    rest(form);
    wait(form, AGAIN_MS);
  };

  document.addEventListener("input", ({ target }) => { const form = saving(target); if (form) wait(form, SOON_MS); });
  document.addEventListener("htmx:beforeRequest", ({ target }) => { const form = saving(target); if (form) rest(form); });
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status >= 500) lost(event); });
})();
