// Dragging exercises: within and between sections, and from the library into a section. The buttons do the same.

const builder = document.getElementById("builder");
const { default: Sortable } = await import(builder.dataset.sortable);
const root = document.documentElement;

let made = [];
let putBack = null;

const shared = {
  animation: window.matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
  ghostClass: "pp-ex-drag",
  onStart: () => root.classList.add("pp-dragging"),
};

/** One request after the other with every other change, and with the newest state of the plan. */
function send(address, values) {
  window.htmx.ajax("POST", address, { source: "#drop", target: "#builder", swap: "innerHTML", values });
}

function dropped(event) {
  root.classList.remove("pp-dragging");
  const { item, from, to, oldIndex } = event;
  if (from === to && event.oldDraggableIndex === event.newDraggableIndex) return;
  putBack = () => from.insertBefore(item, from.children[oldIndex + (from === to && oldIndex > event.newIndex ? 1 : 0)] ?? null);
  send(item.dataset.place, { section: to.dataset.section, position: event.newDraggableIndex });
}

function droppedFromLibrary(event) {
  root.classList.remove("pp-dragging");
  const { item, clone, from, to } = event;
  if (from === to) return;
  const values = { exercise: item.dataset.exercise, section: to.dataset.section, position: event.newDraggableIndex };
  clone.replaceWith(item);
  send(builder.dataset.add, values);
}

function arm() {
  for (const one of made) one.destroy();
  made = [];
  for (const list of builder.querySelectorAll(".pp-drop")) {
    made.push(new Sortable(list, { ...shared, group: "plan", handle: ".pp-ex-grip", draggable: "li", onEnd: dropped }));
  }
  for (const list of builder.querySelectorAll(".pp-lib")) {
    const group = { name: "plan", pull: "clone", put: false };
    made.push(new Sortable(list, { ...shared, group, sort: false, draggable: "li[data-exercise]", filter: "a, button, details", preventOnFilter: false, onEnd: droppedFromLibrary }));
  }
}

// A drop that did not arrive: everything stands where it was, and the page says so.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.elt.id !== "drop") return;
  const status = event.detail.xhr.status;
  if (status >= 200 && status < 300) putBack = null;
  if (status === 409 || (status >= 200 && status < 300)) return;
  putBack?.();
  putBack = null;
  const saved = document.getElementById("saved");
  if (saved) saved.textContent = builder.dataset.back;
});

document.addEventListener("htmx:afterSettle", arm);
arm();
