// The library by keyboard: "/" to the search, arrows through what was found, Enter opens (as for every link).

const wide = window.matchMedia("(min-width: 68.75em)");
const search = document.querySelector("form[role=search] input[type=search]");

const results = () => [...document.querySelectorAll("[data-results] a")];

function isTyping(element) {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches("input, select, textarea"));
}

/** How many results stand side by side, seen from where the first row ends. */
function columns(all) {
  const second = all.findIndex((each) => each.offsetTop > all[0].offsetTop);
  return second < 0 ? all.length : second;
}

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "/" && !isTyping(event.target)) {
    event.preventDefault();
    search.focus();
    search.select();
    return;
  }
  const all = results();
  const at = all.indexOf(document.activeElement);
  if (all.length === 0 || (at < 0 && event.target !== search)) return;
  const row = columns(all);
  const moves = { ArrowDown: at < 0 ? 1 : row, ArrowUp: -row, ArrowRight: 1, ArrowLeft: -1 };
  let next = at + moves[event.key];
  if (event.key === "Home") next = 0;
  else if (event.key === "End") next = all.length - 1;
  if (Number.isNaN(next) || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  if (next < 0 && event.key === "ArrowUp") search.focus();
  else all[Math.max(0, Math.min(next, all.length - 1))].focus();
}

/** On a narrow screen the filters wait behind their button; wide enough they always stand beside the list. */
function arrange() {
  for (const details of document.querySelectorAll("[data-open-when-wide]")) details.open = wide.matches;
}

document.addEventListener("keydown", onKey);
wide.addEventListener("change", arrange);
arrange();
