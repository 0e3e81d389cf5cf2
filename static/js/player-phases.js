// What a dose asks for, as a row of phases; and what was counted of it, as the server wants it. Pure.

const READY_SECONDS = 3;
const SHORT_HOLD_SECONDS = 10;
const LET_GO_SECONDS = 2;

/** Phases in order: {kind: ready | work | rest, seconds (0: by hand), side (0, 1, 2), what, number, of}. */
export function phasesOf(dose) {
  const sides = dose.perSide ? [1, 2] : [0];
  const phases = [];
  const work = (what, seconds, side, number, of) => {
    // Between short holds a moment to let go is enough.
    const ready = number > 1 && seconds < SHORT_HOLD_SECONDS ? LET_GO_SECONDS : READY_SECONDS;
    if (seconds) phases.push({ kind: "ready", seconds: ready, side, what, number, of });
    phases.push({ kind: "work", seconds, side, what, number, of });
  };
  if (dose.hold) {
    const holds = dose.repetitions ? dose.repetitions * dose.sets : dose.sets;
    const each = dose.repetitions || 1;
    for (const side of sides) {
      for (let n = 1; n <= holds; n += 1) {
        work("hold", dose.hold, side, n, holds);
        const setOver = n % each === 0 && n < holds;
        if (dose.rest && setOver) phases.push({ kind: "rest", seconds: dose.rest, side, what: "hold", number: n, of: holds });
      }
    }
  } else if (dose.minutes && !dose.repetitions) {
    const what = dose.sets > 1 ? "round" : "go";
    for (const side of sides) {
      for (let n = 1; n <= dose.sets; n += 1) {
        work(what, Math.round(dose.minutes * 60), side, n, dose.sets);
        if (dose.rest && n < dose.sets) phases.push({ kind: "rest", seconds: dose.rest, side, what, number: n, of: dose.sets });
      }
    }
  } else if (dose.repetitions) {
    for (let n = 1; n <= dose.sets; n += 1) {
      for (const side of sides) work("set", 0, side, n, dose.sets);
      if (dose.rest && n < dose.sets) phases.push({ kind: "rest", seconds: dose.rest, side: 0, what: "set", number: n, of: dose.sets });
    }
  }
  return phases;
}

/** Form values by name; an empty text is "not counted". Repetitions are those of one set, minutes the whole. */
export function countedOf(dose, finished, activeMs) {
  const sides = dose.perSide ? 2 : 1;
  const counted = { sets_done: "", repetitions_done: "", minutes_done: "" };
  if (dose.minutes && !dose.repetitions && !dose.hold) {
    const minutes = Math.round(activeMs / 6000) / 10 / sides;
    if (minutes > 0) counted.minutes_done = minutes.toFixed(1);
    return counted;
  }
  const each = dose.hold && dose.repetitions ? dose.repetitions : 1;
  const sets = Math.floor(finished.length / sides / each);
  if (sets > 0) {
    counted.sets_done = String(sets);
    if (dose.repetitions) counted.repetitions_done = String(dose.repetitions);
  }
  return counted;
}
