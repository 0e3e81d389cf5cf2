// Counts along with an exercise: sets, holds, minutes and rests, one side after the other, with a get-ready countdown.
// Fills in what was counted when the step is sent. Keeps only the wish for sound and vibration, never a number said.

import { phasesOf, countedOf } from "./player-phases.js";
import { beep, buzz, keepAwake, setting } from "./player-signals.js";

const TICK_MS = 250;
const still = window.matchMedia("(prefers-reduced-motion: reduce)");

function start(box) {
  const words = box.dataset;
  const find = (name) => box.querySelector(`[data-${name}]`);
  const fill = (text, ...numbers) => numbers.reduce((said, n, place) => said.replace(`%${place + 1}`, String(n)), text);
  const dose = {
    sets: Number(words.sets) || 1,
    repetitions: Number(words.repetitions) || 0,
    hold: Number(words.hold) || 0,
    minutes: Number(words.minutes) || 0,
    rest: Number(words.rest) || 0,
    perSide: "perSide" in words,
  };
  const phases = phasesOf(dose);
  if (!phases.length) return;

  let place = -1;
  let left = 0;
  let since = 0;
  let timer = 0;
  let halfSaid = false;
  let shownSide = 1;
  let activeMs = 0;
  const finished = [];

  const phase = () => phases[place];
  const running = () => timer !== 0;
  const leftNow = () => (running() ? left - (Date.now() - since) : left);

  function say(text) {
    find("say").textContent = text;
  }

  /** The picture follows the side that is counted; another choice stays until that side changes. */
  function showSide(side) {
    if (side === shownSide) return;
    shownSide = side;
    const both = document.querySelector("[data-figure-sides]");
    if (!both) return;
    const moving = both.querySelectorAll("details");
    moving[side - 1].open = moving[2 - side].open;
    both.querySelector(`input[value="${side}"]`).checked = true;
  }

  function draw() {
    const now = phase();
    const over = place >= phases.length;
    const timed = Boolean(now?.seconds);
    const next = now ?? (over ? null : phases.find((one) => one.kind === "work"));
    const ms = Math.max(0, leftNow());
    const seconds = Math.ceil(ms / 1000);
    const long = timed && now.seconds > 90;
    find("number").textContent = !next
      ? "✓"
      : timed
        ? long
          ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
          : seconds
        : next.seconds
          ? next.seconds > 90
            ? `${Math.floor(next.seconds / 60)}:${String(next.seconds % 60).padStart(2, "0")}`
            : next.seconds
          : dose.repetitions || next.number;
    find("unit").textContent = !next
      ? ""
      : now?.kind === "ready"
        ? words.wordReady
        : now?.kind === "rest"
          ? words.wordRest
          : next.seconds
            ? next.seconds > 90
              ? words.wordMinutes
              : words.wordSeconds
            : dose.repetitions
              ? fill(words.wordTimes, "").trim()
              : "";
    const share = timed ? (still.matches ? seconds / now.seconds : ms / (now.seconds * 1000)) : 1;
    find("ring").setAttribute("stroke-dasharray", `${Math.round(1000 * Math.min(1, share)) / 10} 100`);
    find("side").textContent = next?.side ? (next.side === 1 ? words.wordFirst : words.wordSecond) : "";
    if (next?.side) showSide(next.side);
    const label = { hold: words.wordHold, set: words.wordSet, round: words.wordRound }[next?.what];
    find("what").textContent = !next ? words.wordDone : label ? fill(label, next.number, next.of) : words.wordGo;
    const dots = find("dots");
    dots.replaceChildren();
    if (next && next.of > 1 && next.of <= 10) {
      for (let n = 1; n <= next.of; n += 1) {
        const dot = document.createElement("span");
        dot.textContent = n < next.number ? "✓" : String(n);
        if (n < next.number) dot.className = "is-done";
        if (n === next.number) dot.className = "is-now";
        dots.append(dot);
      }
    }
    const main = find("main");
    main.textContent = over
      ? words.wordAgain
      : place < 0
        ? words.wordStart
        : !timed
          ? words.wordSetdone
          : now.kind === "rest"
            ? words.wordRestdone
            : running()
              ? words.wordPause
              : words.wordOn;
    if (timed) find("face").setAttribute("aria-label", fill(words.wordLeft, seconds));
    else find("face").removeAttribute("aria-label");
  }

  function stopClock() {
    if (running()) {
      const spent = Math.min(left, Date.now() - since);
      if (phase()?.kind === "work") activeMs += spent;
      left -= spent;
    }
    window.clearInterval(timer);
    timer = 0;
  }

  function startClock() {
    since = Date.now();
    timer = window.setInterval(tick, TICK_MS);
  }

  function enter(number) {
    place = number;
    halfSaid = false;
    const now = phase();
    left = now?.seconds ? now.seconds * 1000 : 0;
    if (now?.seconds) startClock();
    if (!now) say(words.wordDone);
    else if (now.kind === "work") say(`${find("side").textContent} ${find("what").textContent}`);
    draw();
  }

  function complete() {
    const done = phase();
    stopClock();
    if (done?.kind === "work") finished.push(done);
    note();
    beep(done?.kind === "work" ? 660 : 880);
    buzz(done?.kind === "work" ? [200, 100, 200] : [150]);
    enter(place + 1);
  }

  function tick() {
    const now = phase();
    if (!now) return;
    const ms = leftNow();
    if (ms <= 0) {
      complete();
      return;
    }
    if (now.kind === "work" && !halfSaid && now.seconds >= 20 && ms <= now.seconds * 500) {
      halfSaid = true;
      say(words.wordHalf);
    }
    draw();
  }

  /** What was counted goes with the form; nothing counted says nothing. */
  function note() {
    const form = box.closest("form");
    const counted = countedOf(dose, finished, activeMs);
    for (const [name, value] of Object.entries(counted)) {
      const input = form.elements[name];
      if (input) input.value = value;
    }
  }

  find("main").addEventListener("click", () => {
    keepAwake();
    const now = phase();
    if (place >= phases.length) {
      phases.push({ ...phases.findLast((one) => one.kind === "work"), extra: true });
      enter(place);
    } else if (!now) enter(0);
    else if (!now.seconds || now.kind === "rest") complete();
    else if (running()) {
      stopClock();
      draw();
    } else {
      startClock();
      draw();
    }
  });
  box.closest("form").addEventListener("submit", () => {
    stopClock();
    note();
  }, true);
  setting(find("sound"), "sound");
  setting(find("vibrate"), "vibrate");
  box.hidden = false;
  draw();
}

document.querySelectorAll("[data-play]").forEach(start);
