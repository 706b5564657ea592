// One-letter shortcuts: "/" searches, "n" plans, "?" explains. Off while somebody types, and off for good where the reader says so
// (WCAG 2.2, 2.1.4). Nothing here is needed: each is a link on the page.
(() => {
  const own = document.currentScript.dataset;
  const OFF = "convoca-keys-off";
  const isOff = () => { try { return localStorage.getItem(OFF) === "1"; } catch { return false; } };
  const field = "input, textarea, select, [contenteditable]";
  let isLeaving = false; // what is typed after "/" is meant for the search, not for the page that is left
  if (location.hash === "#q") document.getElementById("q")?.focus(); // where the links to the search lead
  addEventListener("pageshow", () => { isLeaving = false; });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isLeaving || isOff()) return;
    if (event.target instanceof Element && event.target.closest(field)) return;
    const to = { "/": own.search, n: own.plan, "?": own.help }[event.key];
    if (!to) return;
    event.preventDefault();
    const box = event.key === "/" && document.getElementById("q");
    if (box) return box.focus();
    isLeaving = true;
    location.assign(to);
  });

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("keys-switch");
    if (!button) return;
    const show = () => { button.textContent = isOff() ? button.dataset.on : button.dataset.off; };
    button.addEventListener("click", () => {
      try { if (isOff()) localStorage.removeItem(OFF); else localStorage.setItem(OFF, "1"); } catch { /* not kept */ }
      show();
    });
    button.hidden = false;
    show();
  });
})();
// What a learner did without a line waits on this device: player.js sends it from whatever page is open when there is one.
(() => {
  const { player, reader: learner, who, sent } = document.currentScript.dataset;
  document.addEventListener("DOMContentLoaded", () => {
    try { if (!player || document.querySelector("[data-learner]") || localStorage.getItem("convoca-unsent") !== "1") return; } catch { return; }
    const line = document.createElement("div");
    line.setAttribute("role", "status");
    Object.assign(line.dataset, { learner, who, sent });
    line.innerHTML = '<p id="line-lost" class="flash flash--info" hidden><span></span><a hidden></a></p>';
    document.getElementById("messages")?.append(line);
    import(player);
  });
})();
