/** A mistake in a file of the user's, where it is and what would be right. */
export interface Problem {
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units, as editors count. */
  column: number;
  /** `workloads[1].http.load.rate`; empty for the file as a whole. */
  path: string;
  message: string;
  severity: 'error' | 'warning';
}

export type Path = readonly (string | number)[];

/** `['workloads', 1, 'http']` → `workloads[1].http`. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!/^[\w-]+$/.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** One line a problem, `file:line:col  path: message`, in the order of the file. */
export function formatProblems(problems: readonly Problem[]): string {
  return inOrder(problems)
    .map(({ file, line, column, path, message, severity }) => {
      const subject = path === '' ? '' : `${path}: `;
      return `${file}:${line}:${column}  ${severity === 'warning' ? 'warning: ' : ''}${subject}${message}`;
    })
    .join('\n');
}

/** As read from top to bottom, each once. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...distinct.values()].sort(
    (a, b) => (a.file === b.file ? a.line - b.line || a.column - b.column : a.file < b.file ? -1 : 1),
  );
}

/** More than this of one file tell nothing new. */
const MOST = 100;

/** The first hundred, and how many more there are. */
export function atMost(problems: readonly Problem[]): Problem[] {
  const last = problems[MOST - 1];
  if (problems.length <= MOST || last === undefined) return [...problems];
  return [...problems.slice(0, MOST - 1), { ...last, path: '', message: `and ${(problems.length - MOST + 1).toLocaleString('en-US')} more from here on` }];
}
