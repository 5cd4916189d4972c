import type { CheckDetail } from '../../../record/schema.ts';
import { checkMark } from '../../marks.ts';
import type { Budget } from '../budget.ts';
import { folded, listing, mark, said, table } from '../parts.ts';
import { html, type Html } from '../template.ts';

/** Checks of behaviour: verdict and what was seen, and below it what was sent and what came back. */
export function checkBody({ checks }: CheckDetail, budget: Budget): Html {
  return html`${table(
    [{ title: 'check' }, { title: 'verdict', role: 'outcome' }, { title: 'what was seen', role: 'prose' }],
    checks.map((check) => ({ ...check, mark: checkMark(check) })).map(({ name, sentences, mark: shown }) => [said(name, budget), mark(shown), said(sentences.join('; '), budget)]),
    budget,
  )}
${checks.map(({ name, evidence }) => evidence.length > 0 && folded(html`Evidence: ${said(name, budget)}`, html`${evidence.slice(0, budget.rows).map(({ sent, received }) => listing(`> ${said(sent, budget)}\n< ${said(received, budget)}`))}`))}`;
}
