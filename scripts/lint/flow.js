/**
 * The architecture as a lint rule: which folder of src/ may import from which.
 * `base` is the handful of files directly under src/ that know nothing of the rest.
 * A folder may always import from itself. Read docs/architecture.md for the drawing.
 */
const base = ['units.ts', 'errors.ts', 'fields.ts', 'paths.ts', 'random.ts', 'addresses.ts', 'base-url.ts'];

/** @type {Record<string, string[]>} folder → folders it may import from (besides base and itself) */
export const allowed = {
  record: [],
  host: ['record'],
  load: ['record'],
  k6: ['record', 'host', 'load'],
  service: ['host'],
  target: ['host', 'service'],
  observe: ['record', 'host', 'target'],
  workloads: ['record', 'host', 'load', 'k6', 'target'],
  scenario: ['workloads', 'observe', 'record'],
  judge: ['record', 'compare'],
  compare: ['record'],
  capacity: ['record', 'judge', 'compare'],
  notify: ['record'],
  report: ['record'],
  pipeline: ['record', 'host', 'load', 'k6', 'service', 'target', 'observe', 'workloads', 'scenario', 'judge', 'compare', 'capacity', 'notify'],
  cli: ['*'],
};

const place = (file) => {
  const rest = file.replaceAll('\\', '/').split('/src/').at(-1);
  const [first, ...more] = rest.split('/');
  return more.length === 0 ? { file: first } : { folder: first, file: more.join('/') };
};

/** @type {import('eslint').Rule.RuleModule} */
export const flow = {
  meta: { type: 'problem', schema: [], messages: { against: '{{from}} may not import from {{to}}: see scripts/lint/flow.js for the direction of the flow.' } },
  create(context) {
    const here = context.filename.replaceAll('\\', '/');
    if (!here.includes('/src/')) return {};
    const from = place(here);
    const check = (node) => {
      const spec = node.source?.value;
      if (typeof spec !== 'string' || !spec.startsWith('.')) return;
      const target = new URL(spec, `file://${here}`).pathname;
      if (!target.includes('/src/')) return;
      const to = place(target);
      const report = () => context.report({ node, messageId: 'against', data: { from: from.folder ?? from.file, to: to.folder ?? to.file } });
      if (from.folder === 'cli') return;
      if (to.folder === 'cli') return report();
      if (to.folder === undefined) {
        if (base.includes(to.file) || from.file === 'index.ts') return;
        return report();
      }
      if (from.folder === undefined) return base.includes(from.file) ? report() : undefined;
      if (from.folder !== to.folder && !allowed[from.folder]?.includes(to.folder)) report();
      // The scenario language knows workloads and what is observed by their schema, never by how they run.
      if (from.folder === 'scenario' && (to.folder === 'workloads' || to.folder === 'observe') && !/schema|contract/.test(to.file)) report();
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check };
  },
};
