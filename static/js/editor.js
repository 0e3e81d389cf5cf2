// The editor of an exercise: lists with rows instead of text areas, and saving while somebody writes.
// Without scripts the text areas, two blank rows and the buttons do the same work.

const editor = document.getElementById("editor");
const lineRow = document.getElementById("line-row");
const lineAdd = document.getElementById("line-add");
let unsaved = false;
let stopped = false;

// --- a list of sentences: one row each, kept in the text area that is sent ---

function startLines(box) {
  const source = box.querySelector("textarea");
  const field = source.closest(".pp-field");
  const label = field.querySelector(".pp-label");
  const list = document.createElement("ol");
  list.className = "pp-lines";
  label.id = `${source.id}_label`;
  label.removeAttribute("for");
  list.setAttribute("aria-labelledby", label.id);
  const add = lineAdd.content.firstElementChild.cloneNode(true);
  add.querySelector("span").textContent = box.dataset.add;
  source.hidden = true;
  source.after(list, add);

  const areas = () => [...list.querySelectorAll("textarea")];

  function number() {
    const rows = [...list.children];
    rows.forEach((row, index) => {
      const name = box.dataset.one.replace("%n", String(index + 1));
      row.querySelector("textarea").setAttribute("aria-label", name);
      for (const button of row.querySelectorAll("button")) {
        button.setAttribute("aria-label", button.dataset.words.replace("%n", name));
        const edge = button.dataset.line === "up" ? 0 : button.dataset.line === "down" ? rows.length - 1 : -1;
        button.disabled = index === edge;
      }
    });
  }

  function keep() {
    const text = areas().map((area) => area.value.replace(/\s*\n\s*/g, " ")).join("\n");
    if (source.value === text) return;
    source.value = text;
    source.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function insert(text, after) {
    const row = lineRow.content.firstElementChild.cloneNode(true);
    row.querySelector("textarea").value = text;
    if (after) after.after(row);
    else list.append(row);
    return row;
  }

  list.addEventListener("input", keep);

  list.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text") || "";
    const lines = text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    let row = event.target.closest("li");
    const area = row.querySelector("textarea");
    area.value = area.value ? `${area.value} ${lines.shift()}` : lines.shift();
    for (const line of lines) row = insert(line, row);
    number();
    keep();
    row.querySelector("textarea").focus();
  });

  list.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    const row = insert("", event.target.closest("li"));
    number();
    row.querySelector("textarea").focus();
  });

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-line]");
    if (!button) return;
    const row = button.closest("li");
    let focus;
    if (button.dataset.line === "add") {
      focus = insert("").querySelector("textarea");
    } else if (button.dataset.line === "remove") {
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      focus = next?.querySelector("textarea") || add;
    } else {
      if (button.dataset.line === "up") row.previousElementSibling?.before(row);
      else row.nextElementSibling?.after(row);
      focus = button;
    }
    number();
    keep();
    (focus.disabled ? row.querySelector("textarea") : focus).focus();
  });

  for (const line of source.value.split("\n")) if (line.trim()) insert(line.trim());
  if (!list.children.length) insert("");
  number();
}

// --- rows of several fields: conditions, studies ---

function startRows(list) {
  const add = list.parentElement.querySelector("[data-row-add]");
  const blanks = [...list.querySelectorAll("[data-blank]")];
  const blank = blanks[0].cloneNode(true);
  for (const row of blanks) row.remove();
  const show = (row) => {
    row.querySelector("[data-row-remove]").hidden = false;
  };
  [...list.children].forEach(show);
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = blank.cloneNode(true);
    show(row);
    list.append(row);
    row.querySelector("select, input, textarea").focus();
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-row-remove]");
    if (!button) return;
    const row = button.closest("li");
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    (next?.querySelector("[data-row-remove]") || add).focus();
    editor.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// --- saving while somebody writes ---

function say(words) {
  const saved = document.getElementById("saved");
  if (saved) saved.textContent = words;
}

editor.addEventListener("input", () => {
  unsaved = true;
});
editor.addEventListener("submit", () => {
  unsaved = false;
});

const mine = (event) => (event.detail.requestConfig?.elt ?? event.detail.elt) === editor;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!mine(event)) return;
  if (stopped) {
    event.preventDefault();
    return;
  }
  unsaved = false;
  say(editor.dataset.saving);
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!mine(event)) return;
  const { xhr } = event.detail;
  if (xhr.status === 409) {
    // Somebody else saved: nothing more is sent until a person has looked.
    stopped = true;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = document.getElementById("conflict");
    say(editor.dataset.notSaved);
    unsaved = true;
  } else if (xhr.getResponseHeader("X-Saved") !== "yes") {
    event.detail.shouldSwap = false;
    unsaved = true;
    say(xhr.status === 200 ? editor.dataset.signIn : editor.dataset.notSaved);
  }
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!mine(event)) return;
    unsaved = true;
    say(editor.dataset.notSaved);
  });
}

window.addEventListener("online", () => {
  if (unsaved) editor.dispatchEvent(new Event("input", { bubbles: true }));
});
window.addEventListener("beforeunload", (event) => {
  if (unsaved) event.preventDefault();
});

document.querySelectorAll("[data-lines]").forEach(startLines);
document.querySelectorAll("[data-rows]").forEach(startRows);
