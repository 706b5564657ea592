/* Says whether a file is one that was issued: its fingerprint is computed here, and only that leaves (verify.html). Without
   SubtleCrypto, which browsers keep from pages that came without https, the section stays hidden and the code is typed. */
(() => {
  const LARGEST = 20 * 1024 * 1024; // bytes; certificates have less than one hundredth
  const section = document.querySelector("[data-file-check]");
  if (!window.crypto?.subtle) return;
  section.hidden = false;
  const said = section.dataset, status = section.querySelector("[role=status]"), field = section.querySelector("input");

  const check = async (file) => {
    if (!file) return;
    if (file.size > LARGEST) { status.textContent = said.large; return; }
    status.textContent = said.reading;
    try {
      const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
      const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
      location.assign(said.fileCheck + hash);
    } catch {
      status.textContent = said.unread;
    }
  };
  field.addEventListener("change", async () => {
    await check(field.files[0]);
    field.value = ""; // so that the same file, changed meanwhile, can be chosen again
  });
  // Anywhere on the page: a browser would open what is dropped beside the field in place of the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    section.classList.add("is-over");
  });
  document.addEventListener("dragleave", () => section.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    section.classList.remove("is-over");
    check(event.dataTransfer.files[0]);
  });
  addEventListener("pageshow", () => { status.textContent = ""; });
})();
