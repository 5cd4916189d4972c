import type { RunRecord } from '../record/schema.ts';
import { emphasis, fence, list, table, words } from './markdown.ts';
import { evidenceText, NO_GUIDE, readinessMark, readinessPages, type ReadinessPage } from './readiness-rows.ts';

/** One page for each system of the run, to be read, filed with a release, and signed. */
export function renderReadinessMarkdown(record: RunRecord): string {
  const pages = readinessPages(record);
  return `${pages.length === 0 ? NO_GUIDE : pages.map((page) => pageOf(page, record.run.command)).join('\n\n---\n\n')}\n`;
}

function pageOf({ view, mark, sentence, doubt, facts, sections }: ReadinessPage, command: string): string {
  return [
    `# Readiness of ${words(view.scenario)}`,
    `**${mark.word}**: ${words(sentence)}`,
    ...(doubt === null ? [] : [`> ${words(doubt)}`]),
    words(view.guide),
    table(['what', 'value'], facts.map(([what, value]) => [what, words(value)])),
    ...sections.map(({ title, items }) => `${title === '' ? '' : `## ${words(title)}\n\n`}${table(['item', 'verdict', 'figure:', 'evidence'], items.map(({ item, verdict, figure, evidence }) => {
      const { word, tone } = readinessMark(verdict);
      return [words(item), emphasis(word, tone === 'bad'), words(figure ?? '–'), words(evidenceText(evidence))];
    }))}`),
    ...(view.others.length === 0 ? [] : ['## Not measurable from outside: for people to confirm']),
    ...view.others.map(({ why, items }) => `${words(why)}:\n\n${list(items.map((item) => `[ ] ${words(item)}`))}`),
    `Measured again by:\n\n${fence(command, 'sh')}`,
    'Signed off by: \\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_ Date: \\_\\_\\_\\_\\_\\_',
  ].join('\n\n');
}
