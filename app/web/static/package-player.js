// The page with a package in it: says what the frame on the second origin tells of saving. Nothing else is taken from there.
const line = document.getElementById("package-state");
const frame = document.getElementById("package");

addEventListener("message", (event) => {
  if (event.origin !== line.dataset.origin || event.source !== frame.contentWindow) return;
  const state = event.data && event.data.convoca;
  const sentence = typeof state === "string" && /^(saving|saved|waiting|ended|closed|full)$/.test(state) ? line.dataset[state] : "";
  if (sentence && line.textContent !== sentence) line.textContent = sentence;
});
