import type { RunRecord } from '../record/schema.ts';

/** A word of a command line as it was typed: quoted or not. */
const WORD = /(?:'[^']*'|\\'|[^\s'])+/g;

/** How a person approves this run, where its baselines are kept. */
export function approveCommand({ run: { command } }: RunRecord, reason: string): string {
  const words = (command.match(WORD) ?? []).map((word) => word.replaceAll(/'([^']*)'|\\'/g, (_all, inner: string | undefined) => inner ?? "'"));
  const dir = words.flatMap((word, index) => (word === '--baselines' ? (words[index + 1] ?? []) : word.startsWith('--baselines=') ? word.slice('--baselines='.length) : [])).at(-1);
  return `bench baseline approve${dir === undefined ? '' : ` --baselines ${quoted(dir)}`} --reason ${reason}`;
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`);
