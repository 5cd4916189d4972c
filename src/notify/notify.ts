import type { RunRecord } from '../record/schema.ts';
import { isWorthTelling, slackPayload, webhookPayload } from './message.ts';
import { post, type PostOptions } from './post.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Where messages go: URLs that are secrets, so they come from the environment alone. */
const CHANNELS = [
  { variable: 'BENCH_WEBHOOK_URL', payload: webhookPayload },
  { variable: 'BENCH_SLACK_WEBHOOK_URL', payload: slackPayload },
] as const;

/** The URLs that are set: in no artefact. */
export function webhookUrls(env: Env): string[] {
  return CHANNELS.flatMap(({ variable }) => env[variable] ?? []).filter((url) => url !== '');
}

/** Tells the channels that are set of a run that failed. Yields what a person should know of it; the run's verdict stands either way. */
export async function notify(record: RunRecord, env: Env, options?: PostOptions): Promise<string[]> {
  if (!isWorthTelling(record)) return [];
  const told = CHANNELS.flatMap(({ variable, payload }) => {
    const url = env[variable];
    return url === undefined || url === '' ? [] : [{ variable, posted: post(url, payload(record), options) }];
  });
  return Promise.all(
    told.map(async ({ variable, posted }) => {
      const result = await posted;
      const times = result.attempts === 1 ? 'at the first attempt' : `after ${result.attempts} attempts`;
      return result.delivered ? `${variable} was told of the failure ${times}` : `${variable} could not be told of the failure ${times}: ${result.why}`;
    }),
  );
}
