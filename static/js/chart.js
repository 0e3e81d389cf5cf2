// Values of a day under the pointer, the finger or the arrow keys, read from the chart's own titles. The chart works without it.

const SVG = "http://www.w3.org/2000/svg";

function collect(svg) {
  const days = new Map();
  const add = (x, title) => {
    const key = Math.round(x * 2) / 2;
    const day = days.get(key) ?? { x, said: [] };
    day.said.push(title.textContent);
    days.set(key, day);
  };
  for (const title of svg.querySelectorAll("circle > title")) {
    add(title.parentElement.cx.baseVal.value, title);
  }
  for (const title of svg.querySelectorAll("g[transform] > title")) {
    add(title.parentElement.transform.baseVal.consolidate().matrix.e, title);
  }
  return [...days.values()].sort((a, b) => a.x - b.x);
}

/** "9 Nov: 6.5" and "9 Nov: session done" become "9 Nov: 6.5, session done". */
function sentence(said) {
  const day = said[0].split(": ")[0];
  const rest = said.map((words) => (words.startsWith(`${day}: `) ? words.slice(day.length + 2) : words));
  return `${day}: ${rest.join(", ")}`;
}

function watch(box) {
  const readout = box.nextElementSibling;
  const hint = matchMedia("(any-pointer: fine)").matches ? box.dataset.chart : box.dataset.chartTouch;
  readout.textContent = hint;
  let current = -1;

  function shown() {
    const svg = [...box.querySelectorAll("svg")].find((each) => each.getBoundingClientRect().width > 0);
    if (svg && !svg.days) svg.days = collect(svg);
    return svg;
  }

  function cursor(svg, x) {
    const line = svg.querySelector(".c-cursor") ?? svg.appendChild(document.createElementNS(SVG, "path"));
    line.setAttribute("class", "c-cursor");
    line.setAttribute("d", `M${x} 30 V${svg.height.baseVal.value}`);
  }

  function show(svg, index) {
    if (!svg?.days.length || index === current) return;
    current = Math.max(0, Math.min(index, svg.days.length - 1));
    const day = svg.days[current];
    cursor(svg, day.x);
    readout.textContent = sentence(day.said);
  }

  function clear() {
    current = -1;
    for (const line of box.querySelectorAll(".c-cursor")) line.remove();
    readout.textContent = hint;
  }

  function point(event) {
    const svg = shown();
    if (!svg?.days.length) return;
    const x = event.clientX - svg.getBoundingClientRect().left;
    const near = svg.days.reduce((best, day, n) => (Math.abs(day.x - x) < Math.abs(svg.days[best].x - x) ? n : best), 0);
    show(svg, near);
  }

  box.addEventListener("pointerdown", point);
  box.addEventListener("pointermove", point);
  box.addEventListener("pointerleave", (event) => {
    // A finger that is lifted leaves too, and what it touched is to be read.
    if (event.pointerType !== "touch" && document.activeElement !== box) clear();
  });
  box.addEventListener("blur", clear);
  box.addEventListener("keydown", (event) => {
    const svg = shown();
    const last = (svg?.days.length ?? 0) - 1;
    const from = current < 0 ? last + 1 : current;
    const to = { ArrowLeft: from - 1, ArrowRight: Math.min(from + 1, last), Home: 0, End: last }[event.key];
    if (event.key === "Escape") clear();
    if (to === undefined || last < 0) return;
    event.preventDefault();
    show(svg, to);
  });
}

function start() {
  for (const box of document.querySelectorAll("[data-chart]:not([data-watched])")) {
    box.dataset.watched = "yes";
    watch(box);
  }
}

document.addEventListener("htmx:afterSettle", start);
start();
