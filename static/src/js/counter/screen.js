// What is on the screen: ready to scan, one guest, or the result that covers everything.

import { signal } from "./signals.js";

const CLOSES_AFTER_MS = 3_000;

export class Screen extends EventTarget {
  #timer = null;
  #leaving = false;

  constructor(root) {
    super();
    this.ready = root.querySelector("#ready");
    this.stage = root.querySelector("#stage");
    this.result = root.querySelector("#result");
    this.frame = root.querySelector("#frame");
    addEventListener("popstate", () => this.#wentBack());
    root.addEventListener("click", (event) => event.target.closest("[data-close]") && this.#leave(event));
    // Whoever reads or types here is not to be interrupted.
    this.result.addEventListener("focusin", (event) => event.target.matches("input, summary") && this.#stay());
  }

  get isReady() {
    return !this.ready.hidden && this.result.hidden;
  }

  /** Show a guest or a list. url: where this stands, so that the browser's back button leads back to ready. */
  show(html, url) {
    this.#uncover();
    this.stage.innerHTML = html;
    this.#turn(this.stage);
    if (url) history[history.state?.stage ? "replaceState" : "pushState"]({ stage: true }, "", url);
    focusOn(this.stage);
  }

  /** Cover everything with what happened. What has a bar at its edge closes by itself, all else stays until read. */
  tell(outcome, html) {
    clearTimeout(this.#timer);
    this.result.innerHTML = html;
    this.result.hidden = false;
    this.frame.inert = true;
    focusOn(this.result);
    signal(outcome);
    if (this.result.querySelector("[data-closing]")) this.#timer = setTimeout(() => this.home(), CLOSES_AFTER_MS);
    this.dispatchEvent(new Event("change"));
  }

  /** Back to ready. */
  home({ remember = true } = {}) {
    this.#uncover();
    this.stage.replaceChildren();
    if (remember && history.state?.stage) {
      this.#leaving = true;
      history.back();
    }
    this.#turn(this.ready);
    focusOn(this.ready);
  }

  #wentBack() {
    // Our own step back arrives a moment later, when the next guest may be on the screen already.
    if (!this.#leaving) this.home({ remember: false });
    this.#leaving = false;
  }

  #leave(event) {
    event.preventDefault();
    this.home();
  }

  #turn(to) {
    for (const part of [this.ready, this.stage]) part.hidden = part !== to;
    this.dispatchEvent(new Event("change"));
  }

  #uncover() {
    this.#stay();
    this.result.hidden = true;
    this.result.replaceChildren();
    this.frame.inert = false;
  }

  #stay() {
    clearTimeout(this.#timer);
    this.result.querySelector("[data-closing]")?.remove();
  }
}

function focusOn(part) {
  part.querySelector("[data-focus]")?.focus({ preventScroll: true });
}

/** A copy of a template of the page with its blanks filled: {name: "Card 4822 1067"} fills data-fill="name". */
export function filled(id, values) {
  const copy = document.getElementById(id).content.cloneNode(true);
  for (const blank of copy.querySelectorAll("[data-fill]")) {
    const value = values[blank.dataset.fill] ?? "";
    if (blank instanceof HTMLInputElement) blank.value = value;
    else blank.textContent = value;
  }
  const holder = document.createElement("div");
  holder.append(copy);
  return holder.innerHTML;
}
