// The list of what waits for the network, and of what was refused when it got through.

/** Keep the list beside `root` in step with the queue. words: `waiting` [sentence by count], `card` "Card". */
export class WaitingList {
  constructor(root, queue, setup) {
    this.root = root;
    this.queue = queue;
    this.setup = setup;
    this.row = document.getElementById("waiting-row");
    queue.addEventListener("change", () => this.draw());
    root.addEventListener("click", (event) => {
      const key = event.target.closest("[data-read]")?.dataset.read;
      if (key) queue.forget(key);
    });
  }

  async draw() {
    const bookings = await this.queue.all();
    this.#fill("[data-waiting]", bookings.filter((booking) => booking.state === "waiting"));
    this.#fill("[data-refused]", bookings.filter((booking) => booking.state === "refused"));
    const waiting = bookings.filter((booking) => booking.state === "waiting").length;
    const { words } = this.setup;
    this.root.querySelector("[data-count]").textContent =
      words.waiting[waiting] ?? words.waiting_many.replace("%s", waiting);
    document.body.toggleAttribute("data-waits", waiting > 0);
    return waiting;
  }

  #fill(selector, bookings) {
    const box = this.root.querySelector(selector);
    box.hidden = bookings.length === 0;
    box.querySelector("ul").replaceChildren(...bookings.map((booking) => this.#line(booking)));
  }

  #line(booking) {
    const line = this.row.content.cloneNode(true).firstElementChild;
    line.querySelector("[data-at]").textContent = clockTime(booking.at, this.setup.language);
    line.querySelector("[data-what]").textContent = booking.what;
    line.querySelector("[data-who]").textContent = booking.who;
    line.querySelector("[data-sentence]").textContent = booking.sentence ?? "";
    const read = line.querySelector("[data-read]");
    read.hidden = booking.state !== "refused";
    read.dataset.read = booking.key;
    return line;
  }
}

export function clockTime(at, language) {
  return new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" }).format(at);
}
