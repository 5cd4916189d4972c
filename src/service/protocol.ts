import { z } from 'zod';

/** What the service's process says to whoever started it: one JSON line on its standard output. */
export const message = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), baseUrl: z.string(), version: z.string() }),
  z.object({ type: z.literal('failed'), exitCode: z.number(), message: z.string(), hint: z.string().nullable() }),
]);

export type ServiceMessage = z.infer<typeof message>;

export function parseMessage(line: string): ServiceMessage | null {
  try {
    return message.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
