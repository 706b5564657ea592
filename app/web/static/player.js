// The player: answers are never lost. Each press is written into the browser's own store before it is sent, with an id
// of its own, and leaves it when the server has it; what is left is sent when the line is back, also days later. The
// server keeps one press once, so sending again does no harm. Without this script the same forms are plain forms.
const PAUSE = 5000;
const FINAL = [404, 409, 410, 422]; // the server has decided: sending again changes nothing
const STORE = "presses";

const root = () => document.querySelector("[data-learner]");
const boosted = () => document.querySelector("form[hx-boost]");
const lostForms = new Set(); // could not be sent from this page: pressed again, as the same press, when the line is back
const repeated = new WeakSet();
let pressed = ""; // the button of the boosted form that was pressed last
let isRepeating = false;
let timer = 0;
let sending = null;
let told = "";

const opened = new Promise((resolve, reject) => {
  const asked = indexedDB.open("convoca-learner", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "number", autoIncrement: true });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
opened.catch(() => {}); // a private window without a store: forms are sent as they are

const within = async (mode, work) => {
  const deal = (await opened).transaction(STORE, mode, { durability: "strict" });
  const asked = work(deal.objectStore(STORE));
  return new Promise((resolve, reject) => {
    deal.oncomplete = () => resolve(asked.result);
    deal.onerror = deal.onabort = () => reject(deal.error);
  });
};
// Other pages look at this mark only, and load this script where it stands: what waits is sent from any page.
const mark = (waits) => { try { if (waits) localStorage.setItem("convoca-unsent", "1"); else localStorage.removeItem("convoca-unsent"); } catch { /* not kept */ } };
const keep = (press) => { mark(true); return within("readwrite", (store) => store.add(press)); };
const all = () => within("readonly", (store) => store.getAll());
const forget = async (id) => {
  for (const press of await all()) if (press.id === id) await within("readwrite", (store) => store.delete(press.number));
  if (!(await all()).length) mark(false);
};
// An account has another name under each key of the platform that is accepted, the newest one first.
const names = (text) => (text ?? "").split(" ");
const mine = async () => (await all()).filter((press) => names(root()?.dataset.learner).includes(press.owner));

const words = (name, count) => root()?.dataset[name]?.replace("{count}", count) ?? "";
const show = async () => {
  const line = document.getElementById("line-lost");
  if (!line || !root()) return;
  const presses = await mine().catch(() => []);
  const answers = presses.filter((press) => press.kind === "answer").length;
  const count = answers === 1 ? words("one", 1) : answers ? words("many", answers) : presses.length ? words("place", 0) : "";
  const said = [count, told].filter(Boolean).join(" ");
  line.querySelector("span").textContent = said;
  line.querySelector("a").hidden = told !== words("ended", 0);
  line.hidden = !said;
};
const tell = (name) => {
  told = name ? words(name, 0) : "";
  return show();
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form === boosted() && !isRepeating) pressed = event.submitter ? event.submitter.value : "";
  if (!form.dataset.keep || !form.client_id) return;
  if (!isRepeating && crypto.randomUUID) form.client_id.value = crypto.randomUUID();
  form.pressed_at.value = new Date().toISOString();
  const typed = [...new FormData(form, event.submitter)].filter(([name]) => name !== "csrf_token" && name !== "form_token");
  keep({ id: form.client_id.value, owner: names(root().dataset.learner)[0], kind: form.dataset.keep, url: form.action, typed }).catch(() => {});
}, true);

// Sends everything of this account, oldest first; returns how much, or -1 when nothing can be sent now. Somebody else who
// is signed in now sends nothing of it.
const send = async () => {
  clearTimeout(timer);
  if (!(await mine()).length) return 0;
  const { learner: reader, who } = root().dataset; // read now: the page may change while answers are under way
  const asked = await fetch(who, { redirect: "manual", cache: "no-store" });
  if (asked.type === "opaqueredirect" || asked.status === 401) { await tell("ended"); return -1; }
  if (!asked.ok) throw new Error(asked.status);
  const { learner, csrf_token } = await asked.json();
  if (!names(learner).includes(names(reader)[0])) { await tell("another"); return -1; }
  let sent = 0;
  let refused = "";
  for (const press of await mine()) {
    const body = new URLSearchParams([...press.typed, ["csrf_token", csrf_token]]);
    const answer = await fetch(press.url, { method: "POST", body, headers: { "X-Outbox": "1", "HX-Request": "true" }, redirect: "manual" });
    const isPlain = answer.headers.get("Content-Type")?.startsWith("text/plain");
    if (FINAL.includes(answer.status)) refused = isPlain ? await answer.text() : words("refused", 0);
    else if (!answer.ok) throw new Error(answer.status);
    sent += 1;
    await forget(press.id);
  }
  told = refused || (sent ? words("sent", 0) : told);
  return sent;
};
const flush = async () => {
  if (!root() || navigator.onLine === false) return show();
  sending ??= send().catch(() => { timer = setTimeout(flush, PAUSE); return -1; }).finally(() => { sending = null; });
  const sent = await sending;
  await show();
  if (sent < 0) return undefined;
  if (sent > 0 && "copied" in (root()?.dataset ?? {})) return window.location.reload();
  const forms = [...lostForms].filter((form) => form.isConnected);
  lostForms.clear();
  isRepeating = true;
  for (const form of forms) {
    repeated.add(form);
    const buttons = [...form.querySelectorAll("button[type=submit]")];
    form.requestSubmit(form === boosted() ? buttons.find((button) => button.value === pressed) : undefined);
  }
  isRepeating = false;
  return undefined;
};

const lost = async (event) => {
  const form = event.detail.elt?.closest?.("form");
  if (form) lostForms.add(form);
  clearTimeout(timer);
  timer = setTimeout(flush, PAUSE);
  await tell("lost");
  // A lesson goes on from the copies that the service worker holds; its screens are sent later, in their order.
  const next = form?.dataset.next;
  if (next && "caches" in window && (await caches.match(next))) window.location.assign(next);
};
document.addEventListener("htmx:sendError", lost);
document.addEventListener("htmx:timeout", lost);
document.addEventListener("htmx:afterRequest", async (event) => {
  const { xhr, requestConfig } = event.detail;
  const id = requestConfig?.formData?.get("client_id");
  if (!xhr || !xhr.status) return;
  if (xhr.status < 400 || FINAL.includes(xhr.status)) {
    lostForms.delete(event.detail.elt);
    if (!repeated.delete(event.detail.elt)) told = ""; // "sent" is said until the next press
    if (id) await forget(id).catch(() => {});
    await show();
    return;
  }
  await flush(); // the form's token was too old, or nobody is signed in any more: it is kept, and sent with a new one
});
// Nothing is handed in before what was answered has arrived.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.elt.hasAttribute("data-after-answers")) return;
  event.preventDefault();
  mine().catch(() => []).then(async (presses) => {
    if (!presses.length || (await send().catch(() => -1)) >= 0) event.detail.issueRequest(true);
    else await tell("lost");
  });
});
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target !== document.body) return;
  document.getElementById("main")?.focus({ preventScroll: true });
  begin();
});

// Copies of the module being read, by the fingerprint of its content; another account's or another module's are deleted.
const copies = async () => {
  const { worker, copies: address, copy } = root()?.dataset ?? {};
  if (!worker || !address || !("serviceWorker" in navigator) || navigator.connection?.saveData) return;
  await navigator.serviceWorker.register(worker);
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage({ address, copy });
};
function begin() {
  show();
  flush();
  setTimeout(() => copies().catch(() => {}), 1500);
}
window.addEventListener("online", flush);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") flush(); });
window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
begin();
