// Texts put together from values that may hold anything.

/** A piece of an address whose values are made safe: encoded`devices/${name}`. */
export const encoded = (texts, ...values) => texts.reduce((all, text, n) => all + encodeURIComponent(values[n - 1]) + text);
