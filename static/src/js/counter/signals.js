// What the ear and the hand are told: success and refusal sound different, and buzz once or twice.

const SOUNDS = {
  done: [
    [660, 0, 0.09],
    [990, 0.1, 0.16],
  ],
  refused: [
    [220, 0, 0.22],
    [165, 0.28, 0.34],
  ],
};
const BUZZ = { done: [60], refused: [280, 120, 280] };

let audio;

// Browsers let a page sound only after somebody has touched it.
addEventListener("pointerdown", wake, { capture: true });
addEventListener("keydown", wake, { capture: true });

function wake() {
  audio ??= new AudioContext();
  if (audio.state === "suspended") audio.resume();
}

/** outcome: "done" or "refused". */
export function signal(outcome) {
  navigator.vibrate?.(BUZZ[outcome]);
  if (audio?.state !== "running") return;
  for (const [pitch, after, length] of SOUNDS[outcome]) tone(pitch, audio.currentTime + after, length);
}

function tone(pitch, start, length) {
  const [voice, volume] = [audio.createOscillator(), audio.createGain()];
  voice.type = "triangle";
  voice.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.35, start + 0.012);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + length);
  voice.connect(volume).connect(audio.destination);
  voice.start(start);
  voice.stop(start + length);
}
