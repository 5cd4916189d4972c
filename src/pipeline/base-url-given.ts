import { BenchError, EXIT } from '../errors.ts';
import { baseUrl } from '../scenario/values.ts';

/** A base URL of the command line as a scenario would have it. Throws a BenchError (2) that names the option. */
export function baseUrlGiven(option: string, text: string): string {
  const checked = baseUrl.safeParse(text);
  if (checked.success) return checked.data;
  throw new BenchError(EXIT.usage, `${option} ${checked.error.issues[0]?.message ?? 'is no base URL'}`, { hint: `for example ${option} http://127.0.0.1:8080${option === '--target' ? ', or --target embedded' : ''}` });
}
