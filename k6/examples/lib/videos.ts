/** What the example scripts know of a service that makes videos: change paths and states to those of your own. */
import { check } from 'k6';
import http, { type RefinedResponse, type ResponseType } from 'k6/http';

/** Given by bench: the target of the scenario. */
export const base = __ENV.BASE_URL;

type Answer = RefinedResponse<ResponseType>;

/** `name` groups the requests of every id under one URL; `endpoint` is the tag that the scenario's limits speak of. */
const tagged = (endpoint: string, path: string) => ({ tags: { endpoint, name: `${base}${path}` } });

export function health(): Answer {
  const answer = http.get(`${base}/health`, tagged('health', '/health'));
  check(answer, { 'health is 200': ({ status }) => status === 200 });
  return answer;
}

/** Submits a video of one second; its id, or null where the service did not take it. */
export function submit(): string | null {
  const body = JSON.stringify({ durationS: 1, width: 160, height: 90 });
  const answer = http.post(`${base}/videos`, body, { headers: { 'content-type': 'application/json' }, ...tagged('submit', '/videos') });
  const taken = check(answer, { 'submit is 202': ({ status }) => status === 202 });
  return taken ? text(answer, 'id') : null;
}

export type State = 'queued' | 'processing' | 'done' | 'failed' | 'unknown';

/** The state of a video as the service tells it. */
export function stateOf(id: string): State {
  const answer = http.get(`${base}/videos/${id}`, tagged('status', '/videos/:id'));
  const answered = check(answer, { 'status is 200': ({ status }) => status === 200 });
  return answered ? (text(answer, 'status') as State) : 'unknown';
}

function text(answer: Answer, field: string): string {
  const value = answer.json(field);
  return typeof value === 'string' ? value : '';
}
