// Sound, vibration and a screen that stays on: each only where the browser can, the first two only if wanted.

const KEY = "painplan-";
let audio = null;
let lock = null;
let wanted = false;

const isOn = (name) => window.localStorage?.getItem(KEY + name) !== "off";

/** A button that turns a signal on and off; the wish is remembered on this device. */
export function setting(button, name) {
  if (name === "vibrate" && !navigator.vibrate) {
    button.hidden = true;
    return;
  }
  const show = () => {
    const state = button.querySelector("[data-state]");
    button.setAttribute("aria-pressed", String(isOn(name)));
    state.textContent = ` ${isOn(name) ? state.dataset.on : state.dataset.off}`;
  };
  button.addEventListener("click", () => {
    window.localStorage?.setItem(KEY + name, isOn(name) ? "off" : "on");
    show();
  });
  show();
}

export function beep(frequency) {
  if (!isOn("sound") || !window.AudioContext) return;
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = frequency;
  volume.gain.setValueAtTime(0.2, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.4);
}

export function buzz(pattern) {
  if (isOn("vibrate")) navigator.vibrate?.(pattern);
}

/** Ask once for a screen that stays on; asked again when the person comes back to the page. */
export async function keepAwake() {
  wanted = true;
  if (lock || !navigator.wakeLock || document.hidden) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => {
      lock = null;
    });
  } catch {
    lock = null; // a low battery may refuse it: the session goes on all the same
  }
}

document.addEventListener("visibilitychange", () => wanted && keepAwake());
