// The last thing done here, at the bottom right, and for how long it can be undone.

import { clockTime } from "./waiting.js";

const UNDONE_WITHIN_MS = 600_000;

export class LastThing {
  #timer = null;

  constructor(root, setup) {
    this.root = root;
    this.setup = setup;
    this.set(setup.last);
  }

  /** thing: {key, text ("Stamp for Jürgen Großkreuz"), age_ms or at (device time), waits} or null. */
  set(thing) {
    this.thing = thing && { ...thing, at: thing.at ?? Date.now() - thing.age_ms };
    clearTimeout(this.#timer);
    const left = this.thing ? this.thing.at + UNDONE_WITHIN_MS - Date.now() : 0;
    if (left > 0) this.#timer = setTimeout(() => this.set(null), left);
    this.#draw(left > 0);
  }

  /** A booking that waited got through: from now on the server undoes it. */
  answered({ booking, answer }) {
    if (this.thing?.key === booking.key) this.set(answer.last ?? null);
  }

  #draw(there) {
    this.root.hidden = !there;
    if (!there) return;
    const { words, language } = this.setup;
    const when = this.thing.waits ? words.waits : this.thing.time ?? clockTime(this.thing.at, language);
    this.root.querySelector("[data-last]").textContent = `${words.last} ${this.thing.text}, ${when}`;
  }
}
