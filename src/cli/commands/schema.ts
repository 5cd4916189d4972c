import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { print } from '../deliver.ts';

/** Prints one of the published schemas. */
export async function schema(which: string): Promise<ExitCode> {
  await print(process.stdout, `${JSON.stringify(await schemaOf(which), null, 2)}\n`);
  return EXIT.pass;
}

async function schemaOf(which: string): Promise<object> {
  if (which === 'result') return (await import('../../record/json-schema.ts')).resultJsonSchema();
  if (which === 'scenario') return (await import('../../scenario/json-schema.ts')).scenarioJsonSchema();
  throw new BenchError(EXIT.usage, `there is no schema "${which}"`, { hint: 'there are: scenario, result' });
}
