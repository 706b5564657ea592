/* Forms with data-saving save themselves (components/autosave.html). htmx waits until typing rests; whoever types on without
   a pause is saved in between, so that a machine that goes down takes two seconds of typing along at most. What did not
   reach the server is sent again until it does. A press on any form of the page first saves what the others hold and waits for
   what is on its way; where that fails it goes no further: "Send" would send older words than those one reads. */
(() => {
  const SOON_MS = 1500, AGAIN_MS = 3000, PRESS_MS = 50;
  const said = document.currentScript.dataset;
  const waiting = new WeakMap();
  const unsaved = new Set(), failed = new Set(); // forms whose words the server has not got; of these, those it did not take
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

  document.addEventListener("input", ({ target }) => {
    const form = saving(target);
    if (!form) return;
    unsaved.add(form);
    failed.delete(form);
    wait(form, SOON_MS);
  });
  document.addEventListener("htmx:beforeRequest", ({ target }) => {
    const form = saving(target);
    if (!form) return;
    unsaved.delete(form);
    failed.delete(form);
    rest(form);
  });
  document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
    const form = saving(target);
    if (form && Math.floor(detail.xhr.status / 100) !== 2) for (const forms of [unsaved, failed]) forms.add(form);
  });
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:responseError", (event) => {
    const form = saving(event.target);
    if (event.detail.xhr.status >= 500) lost(event);
    else if (form) tell(form, said.refused);
  });

  let pressed = null; // the last press, which waits
  const standing = () => [...document.querySelectorAll("form[data-saving]")];
  const isOnItsWay = (form) => form.classList.contains("htmx-request");
  const heldBack = (form) => standing().filter((other) => other !== form && unsaved.has(other));
  const press = () => {
    const [form, button] = pressed, others = heldBack(form);
    if (standing().some(isOnItsWay) || others.some((other) => !failed.has(other))) {
      setTimeout(press, PRESS_MS);
      return;
    }
    pressed = null;
    if (others.length) document.querySelector(others[0].getAttribute("hx-target")).scrollIntoView({ block: "center" });
    else if (form.isConnected) form.requestSubmit(button);
    else [...document.forms].find((standing) => standing.action === form.action)?.requestSubmit(); // the answer put it in place anew
  };
  document.addEventListener("submit", (event) => {
    const form = event.target, others = heldBack(form), isWaiting = pressed !== null;
    if ("dropsUnsaved" in form.dataset || !(isWaiting || others.length || standing().some(isOnItsWay))) {
      unsaved.delete(form);
      return;
    }
    event.preventDefault();
    pressed = [form, event.submitter];
    for (const other of others) { failed.delete(other); htmx.trigger(other, "unsaved"); }
    if (!isWaiting) press();
  });
})();
