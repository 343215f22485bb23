// The little that components need from a script: sheets open and close, steppers count, undo bars go, and the
// focus goes to the summary of errors. Everything else works without.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();

  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();

  // A tap beside the sheet closes it: the backdrop belongs to the dialog itself.
  if (event.target instanceof HTMLDialogElement && isBeside(event)) event.target.close();

  const step = event.target.closest("[data-step]");
  if (step) count(step);
});

function isBeside({ target, clientX, clientY }) {
  const { left, right, top, bottom } = target.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

function count(button) {
  const input = button.closest("[data-stepper]").querySelector("input");
  if (Number(button.dataset.step) < 0) input.stepDown();
  else input.stepUp();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const bar of document.querySelectorAll("[data-closes-after]")) {
  setTimeout(() => bar.remove(), Number(bar.dataset.closesAfter) * 1000);
}

document.getElementById("errors")?.focus();
