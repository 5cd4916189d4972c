/** A mistake in a file, at a line counted from 1. */
export interface Mistake {
  line: number;
  message: string;
}

/** A record with the line it begins on. */
interface CsvRecord {
  line: number;
  fields: string[];
}

/** CSV (RFC 4180; line breaks of any kind) → its records with their lines; empty lines are left out. Or the first mistake. */
export function parseCsv(text: string): { records: CsvRecord[] } | { mistake: Mistake } {
  const records: CsvRecord[] = [];
  // A quoted field, or a plain one; then what ends it.
  const field = /"((?:[^"]|"")*)"(?=,|\r\n|\n|\r|$)|([^",\r\n]*)(?=,|\r\n|\n|\r|$)/y;
  const end = /,|\r\n|\n|\r|$/y;
  let [at, line] = [text.startsWith('\uFEFF') ? 1 : 0, 1];
  let record: CsvRecord = { line, fields: [] };
  for (;;) {
    field.lastIndex = at;
    const match = field.exec(text);
    if (match === null) return { mistake: { line, message: text[at] === '"' ? unclosed(text, at) : 'a quote stands inside a field: write the whole field in quotes, and each quote in it twice' } };
    record.fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    line += linesIn(match[0]);
    end.lastIndex = at + match[0].length;
    const [ending = ''] = end.exec(text) ?? [];
    at = end.lastIndex;
    if (ending === ',') continue;
    if (record.fields.length > 1 || record.fields[0] !== '' || match[1] !== undefined) records.push(record);
    if (ending === '') return { records };
    line += 1;
    record = { line, fields: [] };
  }
}

function unclosed(text: string, at: number): string {
  return /"(?:[^"]|"")*"/y.exec(text.slice(at)) === null ? 'a quote is not closed' : 'text follows the closing quote of a field';
}

function linesIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
