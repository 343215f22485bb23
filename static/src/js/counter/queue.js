// Bookings on their way to the server. Each is kept on the device until the server has answered, is sent with the
// same key however often it takes, and therefore is booked exactly once. Tabs share the queue.

import { ask, connection, ShownOut, Unreachable } from "./wire.js";

const STORE = "bookings";
const LOCK = "stammgast-bookings";

/**
 * A booking: {key, merchant, at (device time, ms), path, body, what ("Stamp"), who ("Card 4822 1067"),
 * state "waiting" or "refused", sentence}.
 */
export class Queue extends EventTarget {
  #waiters = new Map();
  #news = new BroadcastChannel(LOCK);

  /** merchant: bookings of another merchant's counter on the same device stay where they are. */
  static async open(merchant) {
    const queue = new Queue();
    queue.merchant = merchant;
    queue.database = await openDatabase();
    queue.#news.onmessage = ({ data }) => queue.#heard(data);
    connection.addEventListener("change", () => connection.there && queue.send());
    return queue;
  }

  /** Keep a booking, send it, and return the server's answer; null when it takes longer than `patience` ms. */
  async book(booking, patience) {
    const kept = { key: crypto.randomUUID(), at: Date.now(), merchant: this.merchant, state: "waiting", ...booking };
    const answer = new Promise((resolve) => this.#waiters.set(kept.key, resolve));
    await this.#write((store) => store.put(kept));
    // Without a network nothing is tried, so that the booking can still be taken out by hand.
    if (connection.there) this.send();
    const late = new Promise((resolve) => setTimeout(resolve, connection.there ? patience : 0, null));
    const gone = new Promise((resolve) => {
      connection.addEventListener("change", () => resolve(null), { once: true });
    });
    const first = await Promise.race([answer, late, gone]);
    this.#waiters.delete(kept.key);
    if (!first) this.#changed();
    return { booking: kept, answer: first };
  }

  /** All bookings of this merchant, in the order in which they were made. */
  async all() {
    const rows = await this.#read((store) => store.getAll());
    return rows.filter((row) => row.merchant === this.merchant).sort((one, other) => one.at - other.at);
  }

  /** Take a waiting booking out again. Returns whether it was still here, and so was never sent successfully. */
  async withdraw(key) {
    return navigator.locks.request(LOCK, async () => {
      const there = await this.#read((store) => store.get(key));
      // What was sent already may have arrived, even if no answer came back: only the server can undo that.
      if (!there || there.tried) return false;
      await this.#write((store) => store.delete(key));
      this.#changed();
      return true;
    });
  }

  /** Forget a refusal that was read. */
  async forget(key) {
    await this.#write((store) => store.delete(key));
    this.#changed();
  }

  /** Send what waits, in order, one at a time and by one tab at a time. */
  async send() {
    await navigator.locks.request(LOCK, async () => {
      for (const booking of await this.all()) {
        if (booking.state === "waiting" && !(await this.#sendOne(booking))) return;
      }
    });
  }

  async #sendOne(booking) {
    await this.#write((store) => store.put({ ...booking, tried: true }));
    const age = Math.max(0, Date.now() - booking.at);
    try {
      const answer = await ask(booking.path, { body: { ...booking.body, key: booking.key, age_ms: age } });
      await this.#settle(booking, answer);
      return true;
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof ShownOut)) throw error;
      this.#changed();
      return false;
    }
  }

  async #settle(booking, answer) {
    const waiter = this.#waiters.get(booking.key);
    if (answer.outcome === "refused" && !waiter) {
      await this.#write((store) => store.put({ ...booking, state: "refused", sentence: answer.sentence }));
    } else {
      await this.#write((store) => store.delete(booking.key));
    }
    waiter?.(answer);
    this.dispatchEvent(new CustomEvent("answered", { detail: { booking, answer } }));
    this.#news.postMessage({ key: booking.key, answer });
    this.#changed(false);
  }

  #heard({ key, answer }) {
    const waiter = this.#waiters.get(key);
    waiter?.(answer);
    // Another tab sent it and, seeing nobody wait there, kept the refusal; here it is on the screen.
    if (waiter && answer.outcome === "refused") this.forget(key);
    this.dispatchEvent(new Event("change"));
  }

  #changed(tell = true) {
    this.dispatchEvent(new Event("change"));
    if (tell) this.#news.postMessage({});
  }

  #read(question) {
    return settled(question(this.database.transaction(STORE).objectStore(STORE)));
  }

  #write(change) {
    // Strict: the booking is on the disk before anybody is told that it is safe.
    const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
    change(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }
}

function openDatabase() {
  const request = indexedDB.open("stammgast-counter", 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
  return settled(request);
}

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
