/* Lets a passkey answer what the page asks, and sends the answer with the form. The form stays hidden where it cannot. */
const form = document.querySelector("[data-passkey]");
const note = document.querySelector("[data-no-passkey]");
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

async function answered(asked) {
  asked.challenge = bytes(asked.challenge);
  if (form.dataset.passkey === "create") {
    asked.user.id = bytes(asked.user.id);
    asked.excludeCredentials = known(asked.excludeCredentials);
    return navigator.credentials.create({ publicKey: asked });
  }
  asked.allowCredentials = known(asked.allowCredentials);
  return navigator.credentials.get({ publicKey: asked });
}

function told(passkey) {
  const response = { clientDataJSON: text(passkey.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (passkey.response[part]) response[part] = text(passkey.response[part]);
  }
  return JSON.stringify({ id: passkey.id, rawId: text(passkey.rawId), type: passkey.type, response });
}

if (form && window.PublicKeyCredential) {
  form.hidden = false;
  note.hidden = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      form.elements.secret_answer.value = told(await answered(JSON.parse(form.dataset.asked)));
      form.submit();
    } catch {
      note.textContent = note.dataset.failed;
      note.hidden = false;
    }
  });
}
