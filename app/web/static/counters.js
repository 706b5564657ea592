/* Keeps the counter of a text with data-limit up to date. Over the limit nothing is cut: the server says so at the field.
   A screen reader hears the number when typing rests, and only near the limit. */
(() => {
  const said = document.currentScript.dataset;
  const REST_MS = 1000, NEAR = 0.9;
  let rest;
  const status = document.createElement("div");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  document.body.append(status);

  const words = (count, most) =>
    (count > most ? said.over : said.said).replace("{count}", count).replace("{most}", most).replace("{over}", count - most);

  const tell = (control) => {
    const counter = document.getElementById(`${control.id}-count`);
    if (!counter) return;
    const most = Number(control.dataset.limit), count = [...control.value].length;
    counter.textContent = words(count, most);
    counter.classList.toggle("is-over", count > most);
    clearTimeout(rest);
    if (count > most * NEAR) rest = setTimeout(() => { status.textContent = counter.textContent; }, REST_MS);
  };

  document.addEventListener("input", (event) => {
    if (event.target.dataset && event.target.dataset.limit) tell(event.target);
  });
  /* What the browser put back by itself after a reload or a way back. */
  addEventListener("pageshow", () => document.querySelectorAll("[data-limit]").forEach(tell));
})();
