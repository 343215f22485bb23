// The counter: what comes in by camera, scanner or keyboard becomes a guest; what is tapped becomes a booking.

import { enliven } from "./counter/amount.js";
import { Camera } from "./counter/camera.js";
import { LastThing } from "./counter/last.js";
import { Queue } from "./counter/queue.js";
import { filled, Screen } from "./counter/screen.js";
import { offlineGuest, remember } from "./counter/guests.js";
import { keepShell } from "./counter/shell.js";
import { WaitingList } from "./counter/waiting.js";
import { listenToScanner } from "./counter/wedge.js";
import { ask, connection, ShownOut } from "./counter/wire.js";

const PATIENCE_MS = 2_500;

const setup = JSON.parse(document.getElementById("setup").textContent);
const screen = new Screen(document);
const camera = new Camera(document.querySelector("#viewfinder video"));
const queue = await Queue.open(setup.merchant);
const list = new WaitingList(document.getElementById("waiting"), queue, setup);
const search = document.querySelector("form[data-find]");
const last = new LastThing(document.getElementById("last"), setup);

/** Show what an answer of the server says, wherever it came from. */
function show(answer) {
  if (answer.last !== undefined) last.set(answer.last);
  if (answer.outcome === "done" || answer.outcome === "refused") return screen.tell(answer.outcome, answer.html);
  remember(answer.guest);
  screen.show(answer.html, answer.url);
  return enliven(screen.stage, setup);
}

/** Ask the server for something that cannot wait. Offline, say so and send nothing. */
async function go(path, options) {
  if (!connection.there) return screen.tell("refused", filled("needs-network", {}));
  try {
    return show(await ask(path, options).catch((error) => again(error, path, options)));
  } catch (error) {
    if (error instanceof ShownOut) return location.reload();
    return screen.tell("refused", filled(options?.body ? "unsure" : "needs-network", {}));
  }
}

/** What was sent and not answered may have been done: with the same key it is done once, and answered now. */
function again(error, path, options) {
  if (error instanceof ShownOut) throw error;
  return ask(path, options);
}

async function find(text) {
  const query = text.trim();
  if (!query) return;
  try {
    show(await ask(setup.urls.find, { body: { q: query } }));
  } catch (error) {
    if (error instanceof ShownOut) return location.reload();
    const guest = offlineGuest(query, setup);
    if (!guest) return screen.tell("refused", filled("unreadable", {}));
    screen.show(filled(`offline-${setup.asks_for}`, guest));
    enliven(screen.stage, setup);
  }
}

async function book(form) {
  const body = { ...Object.fromEntries(new FormData(form)), person: setup.person };
  for (const name of ["csrfmiddlewaretoken", "who"]) delete body[name];
  const facts = { path: form.action, body, what: whatOf(form), who: form.elements.who.value };
  const { booking, answer } = await queue.book(facts, PATIENCE_MS);
  if (answer) return show(answer);
  last.set({ key: booking.key, text: setup.words.done_for.replace("%(what)s", booking.what).replace("%(name)s", booking.who), at: booking.at, waits: true });
  return screen.tell("done", filled("kept", { who: booking.who, what: booking.what }));
}

function whatOf(form) {
  const minor = Number(form.elements.amount_minor?.value || 0);
  if (minor) return `${form.elements.amount.value} ${setup.currency_sign}`;
  const count = Number(form.elements.quantity?.value || 1);
  return setup.words.stamps[count] ?? setup.words.stamps[1];
}

async function undo() {
  const { key, waits } = last.thing;
  if (waits && (await queue.withdraw(key))) {
    last.set(null);
    return screen.tell("done", filled("taken-out", {}));
  }
  if (!connection.there && waits) {
    // It may have arrived before the network went: so the undoing waits in line behind it.
    const facts = { path: setup.urls.undo, body: { of: key, person: setup.person } };
    await queue.book({ ...facts, what: setup.words.undo, who: last.thing.text }, 0);
    last.set(null);
    return screen.tell("done", filled("taken-out-later", {}));
  }
  return go(setup.urls.undo, { body: { of: key, key: crypto.randomUUID() } });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-plain]")) return;
  event.preventDefault();
  // A second tap on the same button is the same tap.
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  const work = handle(form, event.submitter);
  work.finally(() => delete form.dataset.sent);
});

function handle(form, submitter) {
  if (form.matches("[data-find]")) return find(form.elements.q.value).then(() => form.reset());
  if (form.matches("[data-undo]")) return undo();
  if (form.matches("[data-book]")) return book(form);
  const body = { key: crypto.randomUUID(), ...Object.fromEntries(new FormData(form, submitter)) };
  return go(form.action, { body });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (!link) return;
  event.preventDefault();
  go(link.href);
});

function follow() {
  document.body.toggleAttribute("data-offline", !connection.there);
  camera.want(screen.isReady);
  if (!screen.isReady) camera.rest();
}

camera.addEventListener("code", ({ detail }) => screen.isReady && find(detail));
for (const news of ["started", "failed"]) {
  camera.addEventListener(news, () => document.getElementById("viewfinder").setAttribute("data-camera", news));
}
document.getElementById("camera-on").addEventListener("click", () => camera.start());
document.getElementById("camera-turn").addEventListener("click", () => camera.turn());
listenToScanner((text) => {
  // Where the focus was in the field, the scanner has typed there as well.
  search.reset();
  return find(text);
});
screen.addEventListener("change", follow);
connection.addEventListener("change", follow);
queue.addEventListener("answered", ({ detail }) => last.answered(detail));

connection.watch(setup.urls.state);
follow();
enliven(screen.stage, setup);
await list.draw();
await camera.startIfAllowed();
if (connection.there) queue.send();
keepShell(setup.urls.worker);
