/** What no client sends in a path: spaces, control characters, and what is beyond one byte. */
export const UNSENDABLE = /[\u0000-\u0020\u007f]|[^\u0000-\u00ff]/;
