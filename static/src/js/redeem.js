// Tells the remaining seconds of a code in words, and fetches the next code when they are over.
// Without it the page shows the end time and a link to load a new code.

const line = document.querySelector("[data-seconds]");
const words = line.querySelector("span");
const endsAt = performance.now() + Number(line.dataset.seconds) * 1000;

function tell() {
  const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
  words.textContent = left === 1 ? line.dataset.one : line.dataset.many.replace("{seconds}", left);
  if (left > 0) setTimeout(tell, 250);
  else location.replace(line.dataset.reload);
}

tell();
