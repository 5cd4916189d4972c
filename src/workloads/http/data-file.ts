import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BenchError, EXIT, reasonOf } from '../../errors.ts';
import type { Json } from '../../load/json-pointer.ts';
import type { DataPlan, GeneratorPlan } from '../../load/plan.ts';
import { formatBytes } from '../../units.ts';
import { parseCsv, type Mistake } from './csv.ts';
import { CEILINGS, type DataSpec } from './schema.ts';

/** The data of a workload, read. */
export interface Data {
  columns: string[];
  rows: Record<string, Json>[];
}

const COLUMN = /^[A-Za-z_]\w*$/;
const NAME_HINT = 'Names are letters, digits and _, so that ${data.name} can refer to them.';

/** Reads the file of a workload's data, and names what it generates. Throws a BenchError (2) that says what is wrong in which line. */
export async function readData(spec: DataSpec | undefined, dir: string, workload: string): Promise<Data> {
  const made = Object.keys(spec?.generate ?? {});
  if (spec?.file === undefined) return { columns: made, rows: [] };
  const text = await textOf(spec.file, dir, workload);
  const result = spec.file.toLowerCase().endsWith('.json') ? fromJson(text) : fromCsv(text);
  if ('mistake' in result) throw new BenchError(EXIT.usage, `${workload}: data file ${spec.file}:${result.mistake.line}: ${result.mistake.message}`, { hint: result.hint ?? 'Correct the file.' });
  const twice = made.find((name) => result.columns.includes(name));
  if (twice !== undefined) throw new BenchError(EXIT.usage, `${workload}: data.generate makes ${twice}, which is a column of ${spec.file} already`, { hint: 'Choose another name.' });
  return { columns: [...result.columns, ...made], rows: result.rows };
}

/** The data as part of a load plan. @param first number of the first iteration */
export function dataPlan(spec: DataSpec | undefined, { rows }: Data, seed: number, first: number): DataPlan | null {
  if (spec === undefined) return null;
  const generate = Object.entries(spec.generate ?? {}).map(([name, generator]) => ({ name, generator: generatorPlan(generator) }));
  return { rows, order: spec.order, generate, seed, first };
}

function generatorPlan(spec: NonNullable<DataSpec['generate']>[string]): GeneratorPlan {
  if (spec === 'uuid') return { type: 'uuid' };
  if ('integer' in spec) return { type: 'integer', from: spec.integer[0], to: spec.integer[1] };
  return 'choice' in spec ? { type: 'choice', values: spec.choice } : { type: 'sequence', from: spec.sequence.from, step: spec.sequence.step };
}

async function textOf(file: string, dir: string, workload: string): Promise<string> {
  const path = resolve(dir, file);
  const wrong = (what: string, hint: string, cause?: unknown): BenchError => new BenchError(EXIT.usage, `${workload}: data file ${file} ${what}`, { hint, cause });
  try {
    const { size } = await stat(path);
    if (size > CEILINGS.dataBytes) throw wrong(`has ${formatBytes(size)}, above the ceiling of ${formatBytes(CEILINGS.dataBytes)}`, 'Use a part of it.');
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof BenchError) throw error;
    if (error instanceof TypeError) throw wrong('holds bytes that are not UTF-8', 'Save it as UTF-8.', error);
    throw wrong(`cannot be read (${reasonOf(error)})`, 'Paths start at the folder of the scenario file.', error);
  }
}

type Read = Data | { mistake: Mistake; hint?: string };

const EMPTY = { line: 1, message: 'there are no rows' };

function fromCsv(text: string): Read {
  const parsed = parseCsv(text);
  if ('mistake' in parsed) return parsed;
  const [header, ...records] = parsed.records;
  if (header === undefined) return { mistake: { line: 1, message: 'the file is empty' }, hint: 'Its first line names the columns, every other one is a row.' };
  const mistake = columnMistake(header.fields, header.line);
  if (mistake !== null) return { mistake, hint: NAME_HINT };
  if (records.length === 0) return { mistake: { ...EMPTY, line: header.line + 1, message: 'there are no rows below the names of the columns' } };
  const ragged = records.find(({ fields }) => fields.length !== header.fields.length);
  if (ragged !== undefined) {
    return { mistake: { line: ragged.line, message: `has ${ragged.fields.length} values for ${header.fields.length} columns (${header.fields.join(', ')})` }, hint: 'Every row has a value for every column, if only an empty one.' };
  }
  return { columns: header.fields, rows: records.map(({ fields }) => Object.fromEntries(header.fields.map((name, index) => [name, fields[index] ?? '']))) };
}

function fromJson(text: string): Read {
  let document: Json;
  try {
    document = JSON.parse(text) as Json;
  } catch (error) {
    const at = Number(/position (\d+)/.exec(reasonOf(error))?.[1] ?? (text.trim() === '' ? 0 : text.length));
    return { mistake: { line: text.slice(0, at).split('\n').length, message: text.trim() === '' ? 'the file is empty' : `is not JSON: ${reasonOf(error)}` } };
  }
  const hint = 'A JSON file is a list of maps with the same keys: [{ "user": "a" }, { "user": "b" }].';
  if (!Array.isArray(document)) return { mistake: { line: 1, message: 'is not a list' }, hint };
  const rows: Record<string, Json>[] = [];
  for (const [index, row] of document.entries()) {
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return { mistake: { line: lineOfEntry(text, index), message: `entry ${index + 1} is not a map` }, hint };
    rows.push(row);
  }
  const [first] = rows;
  if (first === undefined) return { mistake: EMPTY, hint };
  const columns = Object.keys(first);
  const mistake = columnMistake(columns, lineOfEntry(text, 0));
  if (mistake !== null) return { mistake, hint: NAME_HINT };
  for (const [index, row] of rows.entries()) {
    const missing = columns.find((name) => !Object.hasOwn(row, name));
    const more = Object.keys(row).find((name) => !Object.hasOwn(first, name));
    if (missing !== undefined) return { mistake: { line: lineOfEntry(text, index), message: `entry ${index + 1} has no ${missing}, which the first one has` }, hint };
    if (more !== undefined) return { mistake: { line: lineOfEntry(text, index), message: `entry ${index + 1} has ${more}, which the first one has not` }, hint };
  }
  return { columns, rows };
}

function columnMistake(columns: readonly string[], line: number): Mistake | null {
  const wrong = columns.find((name) => !COLUMN.test(name));
  if (wrong !== undefined) return { line, message: `${JSON.stringify(wrong)} is no name for a column` };
  const twice = columns.find((name, index) => columns.indexOf(name) < index);
  return twice === undefined ? null : { line, message: `${twice} is the name of two columns` };
}

/** Where an entry of the outermost list of right JSON begins. */
function lineOfEntry(text: string, entry: number): number {
  let [depth, seen, line] = [0, -1, 1];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}\n]|[^\s",:[\]{}]+/g)) {
    if (token === '\n') line += 1;
    else if (token === ']' || token === '}') depth -= 1;
    else {
      if (depth === 1) seen += 1;
      if (seen === entry) return line;
      if (token === '[' || token === '{') depth += 1;
    }
  }
  return line;
}
