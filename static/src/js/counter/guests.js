// Guests seen since the page was opened, so that their bookings without a network carry their names. Kept in memory
// only: nobody's name is to stay on a device that lies on a counter.

const names = new Map();

/** guest: {keys: [token, number], name} of an answer, if it shows one. */
export function remember(guest) {
  if (guest) for (const key of guest.keys) names.set(key, guest.name);
}

/**
 * What can be said of a scanned or typed card without asking: {card, who}. null if it is none.
 * A card's code is an address that ends in its token; its number has eight digits.
 */
export function offlineGuest(text, setup) {
  const digits = text.replace(/\s/g, "");
  const number = /^\d{8}$/.test(digits) ? digits : "";
  const token = text.match(/\/card\/([\w-]{16,32})\/?$/)?.[1] ?? (/^[\w-]{20,32}$/.test(text) ? text : "");
  const card = number || token;
  if (!card) return null;
  const spoken = number ? `${number.slice(0, 4)} ${number.slice(4)}` : `…${token.slice(-4)}`;
  return { card, who: names.get(card) ?? `${setup.words.card} ${spoken}` };
}
