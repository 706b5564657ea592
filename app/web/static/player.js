// The player's forms go through htmx (hx-boost), so a lost line never throws the learner off her page. What she chose
// stays, a sentence says so, and it is sent again when the line is back. Without this script they are plain forms.
(() => {
  const PAUSE = 5000;
  let waiting = null;
  let unsent = null; // a check or a private line that could not be sent
  let timer = 0;

  const form = () => document.querySelector("form[hx-boost]");
  const tell = (lost) => {
    const sentence = document.getElementById("line-lost");
    if (sentence) sentence.hidden = !lost;
  };
  const again = () => {
    clearTimeout(timer);
    if (unsent && unsent.isConnected) unsent.requestSubmit();
    unsent = null;
    if (waiting === null || !form()) return;
    const button = [...form().querySelectorAll("button[type=submit]")].find((b) => b.value === waiting);
    form().requestSubmit(button);
  };

  document.addEventListener("submit", (event) => {
    if (event.target === form()) waiting = event.submitter ? event.submitter.value : "";
  }, true);
  const lost = (event) => {
    const sent = event.target.closest ? event.target.closest("form") : null;
    if (sent && sent !== form()) unsent = sent;
    tell(true);
    clearTimeout(timer);
    timer = setTimeout(again, PAUSE);
  };
  document.addEventListener("htmx:sendError", lost);
  document.addEventListener("htmx:timeout", lost);
  document.addEventListener("htmx:afterOnLoad", () => {
    waiting = null;
    clearTimeout(timer);
    tell(false);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target === document.body) document.getElementById("main")?.focus({ preventScroll: true });
  });
  window.addEventListener("online", again);
})();
