// Makes the dashboard quicker to use. Every page works without it.

import "htmx.org/dist/htmx.esm.js";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// − and + beside a number. The form hears of it as if it had been typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-step]");
  if (!button) return;
  const input = button.closest("[data-stepper]").querySelector("input");
  const before = input.value;
  const step = Number(button.dataset.step);
  if (step > 0) input.stepUp(step);
  else input.stepDown(-step);
  if (input.value !== before) input.dispatchEvent(new Event("input", { bubbles: true }));
});

// Sheets: a button names the dialog it opens; a click beside the dialog closes it.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.opens).showModal();
  }
  if (event.target.matches("dialog[open]") || event.target.closest("[data-closes]")) {
    event.target.closest("dialog").close();
  }
});

// Copy a text, and say so where the button stands.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
  button.querySelector("[data-words]").textContent = button.dataset.done;
});

// The colour chosen is shown on the page at once: the server computes the tokens, the page takes them over.
const look = document.querySelector("[data-look]");
if (look) {
  const own = document.getElementById("id_colour");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const show = async (colour) => {
    if (!/^#[0-9a-f]{6}$/i.test(colour)) return;
    const answer = await fetch(`${look.dataset.look}?colour=${encodeURIComponent(colour)}`);
    if (!answer.ok) return;
    const tokens = (await answer.json())[dark.matches ? "dark" : "light"];
    for (const [name, value] of Object.entries(tokens)) {
      document.documentElement.style.setProperty(`--${name.replaceAll("_", "-")}`, value);
    }
    document.documentElement.style.setProperty("--m-table", tokens.m);
  };
  look.addEventListener("change", (event) => {
    if (event.target.name === "swatch") own.value = event.target.value;
    show(own.value);
  });
  own.addEventListener("input", () => {
    for (const swatch of all("[name=swatch]", look)) swatch.checked = swatch.value === own.value.toUpperCase();
  });
}

// Where the shop is, as far as the browser knows.
for (const field of all("[data-timezone]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

// What was done stays on the page for a while, and longer as long as somebody is at it.
for (const bar of all("[data-closes-after]")) {
  const leave = () => {
    if (bar.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else bar.parentElement.remove();
  };
  setTimeout(leave, Number(bar.dataset.closesAfter) * 1000);
}

// On the phone the preview is behind a button.
for (const box of all(".preview-box")) box.open = matchMedia("(width >= 64rem)").matches;

// The reader of the errors starts at the summary.
document.getElementById("errors")?.focus();
