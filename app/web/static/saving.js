/* Forms with data-saving save themselves (components/autosave.html). htmx waits until typing rests; whoever types on without
   a pause is saved in between, so that a machine that goes down takes two seconds of typing along at most. What did not
   reach the server is sent again until it does. A press waits for what is on its way: it would be taken for somebody else's. */
(() => {
  const SOON_MS = 1500, AGAIN_MS = 3000, PRESS_MS = 50;
  const said = document.currentScript.dataset;
  const waiting = new WeakMap();
  const saving = (element) => element.closest?.("form[data-saving]");

  const wait = (form, time) => {
    if (!waiting.has(form)) waiting.set(form, setTimeout(() => { waiting.delete(form); htmx.trigger(form, "unsaved"); }, time));
  };
  const rest = (form) => { clearTimeout(waiting.get(form)); waiting.delete(form); };
  const tell = (form, words) => { document.querySelector(form.getAttribute("hx-target")).textContent = words; };
  const lost = ({ target }) => {
    const form = saving(target);
    if (!form) return;
    tell(form, said.lost);
    rest(form);
    wait(form, AGAIN_MS);
  };

  document.addEventListener("input", ({ target }) => { const form = saving(target); if (form) wait(form, SOON_MS); });
  document.addEventListener("htmx:beforeRequest", ({ target }) => { const form = saving(target); if (form) rest(form); });
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:responseError", (event) => {
    const form = saving(event.target);
    if (event.detail.xhr.status >= 500) lost(event);
    else if (form) tell(form, said.refused);
  });

  const isOnItsWay = (form) => form.classList.contains("htmx-request");
  const press = (form, button) => {
    if (isOnItsWay(form)) setTimeout(press, PRESS_MS, form, button);
    else form.requestSubmit(button);
  };
  document.addEventListener("submit", (event) => {
    const form = saving(event.target);
    if (!form || !isOnItsWay(form)) return;
    event.preventDefault();
    press(form, event.submitter);
  });
})();
