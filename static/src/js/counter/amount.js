// The amount: keys on the screen or a real keyboard, always read from the right like a till's, with the line below
// it that says what it gives.

import { ask, connection } from "./wire.js";

const SETTLE_MS = 250;
const LONGEST = 9;

/** Bring the amount's form to life, if there is one inside of `place`. */
export function enliven(place, setup) {
  const form = place.querySelector("form[data-amount]");
  if (form) new Amount(form, place, setup);
}

class Amount {
  #digits = "";
  #timer = null;
  #asked = 0;

  constructor(form, place, setup) {
    this.form = form;
    this.setup = setup;
    this.field = form.elements.amount;
    this.minor = form.elements.amount_minor;
    this.gives = place.querySelector("[data-gives]");
    this.field.inputMode = "none";
    this.field.addEventListener("input", () => this.#set(this.field.value.replace(/\D/g, "")));
    form.elements.voucher?.addEventListener("change", () => this.#preview());
    form.querySelector("[data-keys]").hidden = false;
    form.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]")?.dataset.key;
      this.#pressed(key);
      // A finger leaves the field open for the keyboard beside it; who walks by keyboard stays where they are.
      if (key && event.detail) this.field.focus({ preventScroll: true });
    });
    this.#set(this.field.value.replace(/\D/g, ""));
    this.field.focus({ preventScroll: true });
  }

  #pressed(key) {
    if (key === undefined) return;
    this.#set(key === "back" ? this.#digits.slice(0, -1) : this.#digits + key);
  }

  #set(digits) {
    this.#digits = digits.replace(/^0+/, "").slice(0, LONGEST);
    this.minor.value = this.#digits || "0";
    this.field.value = this.#written();
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#preview(), SETTLE_MS);
  }

  /** 1840 → "18,40" by the page's language and the currency's decimals. */
  #written() {
    const { language, exponent } = this.setup;
    const options = { minimumFractionDigits: exponent, maximumFractionDigits: exponent };
    return new Intl.NumberFormat(language, options).format(Number(this.#digits) / 10 ** exponent);
  }

  async #preview() {
    const turn = ++this.#asked;
    if (!this.form.dataset.preview || !this.form.isConnected) return;
    if (!connection.there) {
      this.gives.replaceChildren(this.setup.words.offline_preview);
      return;
    }
    try {
      const query = { amount_minor: this.minor.value, voucher: this.form.elements.voucher?.value ?? "" };
      const answer = await ask(this.form.dataset.preview, { query });
      // Only the answer to the latest amount counts, whichever arrives last.
      if (turn === this.#asked) this.gives.innerHTML = answer.html;
    } catch {
      if (turn === this.#asked) this.gives.replaceChildren(this.setup.words.offline_preview);
    }
  }
}
