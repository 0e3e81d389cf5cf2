// Single letters as keys: who speaks to the computer can switch them off, on every page at once.

const OFF = "painplan-inbox-keys-off";

export function lettersOff() {
  try {
    return localStorage.getItem(OFF) === "yes";
  } catch {
    return false;
  }
}

/** Whether the key was meant for a text, or for what lies over the page. */
export function elsewhere(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  if (document.querySelector("dialog[open]")) return true;
  return Boolean(event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]"));
}

function showBoxes() {
  for (const box of document.querySelectorAll("[data-keys-on]")) box.checked = !lettersOff();
}

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-on]")) return;
  try {
    localStorage.setItem(OFF, event.target.checked ? "no" : "yes");
  } catch {
    // Without storage the choice holds until the page is left.
  }
  showBoxes();
});
document.addEventListener("htmx:afterSettle", showBoxes);
showBoxes();
