// The camera as a scanner. Reads only while it is wanted, and not the same card again while it is held before it.

import { reader } from "./reader.js";

const EVERY_MS = 120;
const GONE_MS = 2_000;

export class Camera extends EventTarget {
  #stream = null;
  #facing = "environment";
  #wanted = false;
  #seen = { text: "", at: 0 };

  constructor(video) {
    super();
    this.video = video;
    document.addEventListener("visibilitychange", () => this.#wanted && !document.hidden && this.#read());
  }

  /** Start without a question where that was allowed before; else the page's button starts it. */
  async startIfAllowed() {
    try {
      const { state } = await navigator.permissions.query({ name: "camera" });
      if (state === "granted") await this.start();
    } catch {
      // Not every browser can be asked; the button is there.
    }
  }

  /** Start, or start again after the other camera was chosen. Dispatches "started" or "failed". */
  async start() {
    this.stop();
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: this.#facing, width: { ideal: 1280 }, height: { ideal: 720 } },
      });
      this.video.srcObject = this.#stream;
      await this.video.play();
      this.dispatchEvent(new Event("started"));
      if (this.#wanted) this.#read();
    } catch (error) {
      this.dispatchEvent(new CustomEvent("failed", { detail: error.name }));
    }
  }

  stop() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
  }

  turn() {
    this.#facing = this.#facing === "environment" ? "user" : "environment";
    return this.start();
  }

  /** Read codes from now on, or no longer. Dispatches "code" with the text. */
  want(wanted) {
    const before = this.#wanted;
    this.#wanted = wanted;
    if (wanted && !before) this.#read();
  }

  async #read() {
    if (this.#reading) return;
    this.#reading = true;
    const read = await reader();
    while (this.#wanted && this.#stream && !document.hidden) {
      const text = this.video.readyState >= 2 ? await read(this.video) : "";
      if (text) this.#found(text);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
    this.#reading = false;
  }

  #reading = false;

  #found(text) {
    const now = performance.now();
    const again = text === this.#seen.text && now - this.#seen.at < GONE_MS;
    this.#seen = { text, at: now };
    if (!again && this.#wanted) this.dispatchEvent(new CustomEvent("code", { detail: text }));
  }

  /** A code that is still held before the camera counts as seen, however long the guest was served. */
  rest() {
    this.#seen.at = performance.now() + GONE_MS;
  }
}
