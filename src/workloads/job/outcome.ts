import type { JobRun } from '../../record/schema.ts';

/** How a job ended; `interrupted` ones are cleaned up and not counted. */
export type Outcome = JobRun['outcome'];

/** A job that ended otherwise than well: what it is called, what came back. */
export interface Failure {
  outcome: Exclude<Outcome, 'done'>;
  /** With what was sent and what came back. */
  message: string;
}

export const isFailure = (each: object): each is Failure => 'outcome' in each;
