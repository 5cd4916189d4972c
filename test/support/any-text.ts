import fc from 'fast-check';

/** One code point, half of a surrogate pair included. fast-check's own `binary` says the same and takes a second to get ready. */
export const ANY_CODE_POINT = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 0, max: 0x7f }) }, { weight: 1, arbitrary: fc.integer({ min: 0, max: 0x10_ff_ff }) }).map((code) => String.fromCodePoint(code));
