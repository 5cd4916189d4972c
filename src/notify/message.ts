import type { RunRecord } from '../record/schema.ts';

/** Reasons beyond these are counted: a message is read on a phone. */
const MOST_REASONS = 5;
const LONGEST = 500;

const TITLES: Readonly<Record<RunRecord['verdict']['status'], string>> = { pass: 'passed', fail: 'FAILED', invalid: 'is INVALID', interrupted: 'was interrupted', error: 'could not run' };

/** Whether somebody is to be told of this run. One that a person ended is known to that person. */
export function isWorthTelling({ exitCode, verdict }: Pick<RunRecord, 'exitCode' | 'verdict'>): boolean {
  return exitCode !== 0 && verdict.status !== 'interrupted';
}

/** A run that failed in a few lines of plain text. */
export function messageText(record: RunRecord): string {
  const { run, verdict, scenarios, exitCode } = record;
  const rest = verdict.reasons.slice(1);
  const more = rest.length - MOST_REASONS;
  return [
    `readybench: ${scenarios.map(({ name }) => name).join(', ') || 'a run'} ${TITLES[verdict.status]} (exit ${exitCode})`,
    line(verdict.reasons[0]?.sentence ?? verdict.sentence),
    ...rest.slice(0, MOST_REASONS).map(({ sentence }) => `- ${line(sentence)}`),
    ...(more > 0 ? [`and ${more} more`] : []),
    `run ${run.id}, profile ${run.profile}${run.git === null ? '' : `, commit ${run.git.commit.slice(0, 12)}`}`,
  ].join('\n');
}

/** What the webhook gets: the text, and the facts behind it for whoever handles it by program. */
export function webhookPayload(record: RunRecord): object {
  const { run, verdict, scenarios, exitCode } = record;
  return {
    text: harmless(messageText(record)),
    exitCode,
    verdict: { status: verdict.status, sentence: verdict.sentence },
    reasons: verdict.reasons,
    run: { id: run.id, profile: run.profile, startedAt: run.startedAt, durationMs: run.durationMs, commit: run.git?.commit ?? null },
    scenarios: scenarios.map(({ name }) => name),
  };
}

/** Slack takes `text` alone; `&`, `<` and `>` are its markup (https://api.slack.com/reference/surfaces/formatting#escaping). */
export function slackPayload(record: RunRecord): object {
  return { text: harmless(messageText(record)).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') };
}

/** Text of the service can mention nobody. */
const harmless = (text: string): string => text.replaceAll('@', '@\u200b');

/** One line without control characters. */
function line(text: string): string {
  const plain = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST - 1)}…`;
}
