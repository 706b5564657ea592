/* Says beside a form that saves itself that it was not saved: htmx is silent where the network or the server fails. */
(() => {
  const { lost } = document.currentScript.dataset;
  const tell = (event) => {
    const form = event.target.closest("form[hx-target]");
    const place = form && document.querySelector(form.getAttribute("hx-target"));
    if (place) place.textContent = lost;
  };
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, tell);
})();
