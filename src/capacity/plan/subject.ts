import type { Labels } from '../../record/schema.ts';

/** Encoder, decoder and thread policy as the detail of an encode names them. */
export function subjectOf(labels: Labels): string {
  const { encoder = '', threads, decoder } = labels as Partial<Record<string, string>>;
  return [encoder, ...(decoder === undefined ? [] : [`decoded by ${decoder}`]), ...(threads === undefined ? [] : [`threads ${threads}`])].join(', ');
}

export const encoderOf = (subject: string): string => subject.split(',')[0] ?? subject;

/** Encoders of GPUs say so in their name. */
export const isOnGpu = (subject: string): boolean => /_(nvenc|vaapi|qsv)$/.test(encoderOf(subject));
