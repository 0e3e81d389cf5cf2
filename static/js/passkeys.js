// Asks the browser for a passkey and sends its answer with the form. Without it, password and codes work as ever.

const CANCELLED = new Set(["NotAllowedError", "AbortError"]);

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const listed = (items) => (items || []).map((item) => ({ ...item, id: toBytes(item.id) }));

function forBrowser({ publicKey }) {
  const question = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (question.user) question.user = { ...question.user, id: toBytes(question.user.id) };
  if (question.excludeCredentials) question.excludeCredentials = listed(question.excludeCredentials);
  if (question.allowCredentials) question.allowCredentials = listed(question.allowCredentials);
  return { publicKey: question };
}

function forServer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

async function questionOf(form) {
  let found;
  if (form.dataset.options) {
    const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" }, cache: "no-store" });
    if (!answer.ok) throw new Error(`No question: ${answer.status}`);
    found = await answer.json();
  } else {
    found = JSON.parse(document.getElementById("passkey-options").textContent);
  }
  return found.creation_options || found.request_options;
}

async function go(form, button) {
  const said = form.querySelector("[data-passkey-said]");
  said.hidden = true;
  // What else is asked must be answered first: a passkey that was made for nothing stays on the telephone.
  const missing = [...form.elements].find((field) => field.type !== "password" && !field.checkValidity());
  if (missing) {
    missing.reportValidity();
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    const question = forBrowser(await questionOf(form));
    const credential = await navigator.credentials[form.dataset.passkey](question);
    form.elements.credential.value = JSON.stringify(forServer(credential));
    form.submit();
  } catch (error) {
    button.removeAttribute("aria-busy");
    said.textContent = form.dataset.failed;
    if (CANCELLED.has(error.name)) said.textContent = form.dataset.cancelled;
    if (error.name === "InvalidStateError") said.textContent = form.dataset.known;
    said.hidden = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-go]");
  if (!window.PublicKeyCredential || !button) continue;
  form.querySelector("[data-passkey-none]")?.setAttribute("hidden", "");
  button.hidden = false;
  button.addEventListener("click", () => go(form, button));
  if ("passkeyOnly" in form.dataset) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go(form, button);
    });
  }
}
