// A hand scanner is a keyboard that types very fast and ends with Enter, wherever the focus happens to be.

const PAUSE_MS = 40;
const SHORTEST = 6;

/** Call `found(text)` for each scan, and keep its Enter from pressing the button that has the focus. */
export function listenToScanner(found) {
  let typed = "";
  let before = 0;
  addEventListener(
    "keydown",
    (event) => {
      const fast = event.timeStamp - before < PAUSE_MS;
      before = event.timeStamp;
      if (event.key === "Enter" && fast && typed.length >= SHORTEST) {
        event.preventDefault();
        event.stopImmediatePropagation();
        found(typed);
        typed = "";
      } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
        typed = fast ? typed + event.key : event.key;
      } else if (event.key !== "Shift") {
        typed = "";
      }
    },
    { capture: true },
  );
}
