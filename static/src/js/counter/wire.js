// Talks to the server, and knows whether it can be reached.

const PATIENCE_MS = 10_000;
const ASK_AGAIN_MS = 5_000;

/** The server did not answer, or not with anything that can be used. The same may be sent again. */
export class Unreachable extends Error {}

/** The server no longer knows this device or this person; somebody has to sign in. */
export class ShownOut extends Error {}

/**
 * Ask for or send something. Returns the answer's JSON.
 * A refusal is an answer like any other; throws Unreachable or ShownOut.
 */
export async function ask(path, { query, body } = {}) {
  const url = query ? `${path}?${new URLSearchParams(query)}` : path;
  const headers = { Accept: "application/json" };
  const request = { headers, cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
  if (body) {
    headers["X-CSRFToken"] = cookie("csrftoken");
    Object.assign(request, { method: "POST", body: new URLSearchParams(body) });
  }
  let response;
  try {
    response = await fetch(url, request);
  } catch (cause) {
    connection.lost();
    throw new Unreachable(path, { cause });
  }
  return read(response, path);
}

async function read(response, path) {
  if (response.status === 401 || response.status === 403) {
    connection.found();
    throw new ShownOut(path);
  }
  if (!response.ok) {
    connection.lost();
    throw new Unreachable(`${path}: ${response.status}`);
  }
  try {
    const answer = await response.json();
    connection.found();
    return answer;
  } catch (cause) {
    // A hotel's or a train's sign-in page answers everything with a page of its own.
    connection.lost();
    throw new Unreachable(path, { cause });
  }
}

function cookie(name) {
  return document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

/** Whether the server can be reached, as the last request found out. Tells listeners of each change. */
class Connection extends EventTarget {
  #there = navigator.onLine;
  #timer = null;

  get there() {
    return this.#there;
  }

  /** Watch the network; `path` is asked again and again while it is gone. */
  watch(path) {
    this.path = path;
    addEventListener("online", () => this.try());
    addEventListener("offline", () => this.lost());
    if (!this.#there) this.#later();
  }

  found() {
    this.#set(true);
  }

  lost() {
    this.#set(false);
    this.#later();
  }

  try() {
    clearTimeout(this.#timer);
    this.#timer = null;
    ask(this.path).catch(() => {});
  }

  #later() {
    if (this.path) this.#timer ??= setTimeout(() => this.try(), ASK_AGAIN_MS);
  }

  #set(there) {
    if (there === this.#there) return;
    this.#there = there;
    this.dispatchEvent(new Event("change"));
  }
}

export const connection = new Connection();
