import { hostFacts, type DoctorFact } from '../../host/doctor.ts';
import { probeEncoders, type EncoderProbe } from '../../host/ffmpeg-probe.ts';
import { createToolResolver, type ToolResolver } from '../../host/tools.ts';
import { BenchError, EXIT, type ExitCode } from '../../errors.ts';
import { colours } from '../colours.ts';
import { print } from '../deliver.ts';

/** What this machine can run and what is missing, with the next step for each. 6 where a program that encodes need is missing. */
export async function doctor(flags: { json?: true }): Promise<ExitCode> {
  const tools = createToolResolver(process.env);
  process.stderr.write('looking at this machine; every encoder is tried for real …\n');
  const facts = [...(await hostFacts(tools)), ...(await encoderFacts(tools))];
  if (flags.json === true) await print(process.stdout, `${JSON.stringify(facts, null, 2)}\n`);
  else await print(process.stdout, render(facts));
  return facts.some(({ name, status }) => status === 'missing' && (name === 'ffmpeg' || name === 'ffprobe')) ? EXIT.toolMissing : EXIT.pass;
}

async function encoderFacts(tools: ToolResolver): Promise<DoctorFact[]> {
  try {
    return (await probeEncoders(await tools.ffmpeg())).map(encoderFact);
  } catch (thrown) {
    if (thrown instanceof BenchError) return [];
    throw thrown;
  }
}

function encoderFact(probe: EncoderProbe): DoctorFact {
  const name = `encoder ${probe.encoder}`;
  if (probe.status === 'available') return { name, status: 'ok', found: 'works: three frames encoded', meaning: 'can be measured here', remedy: '' };
  return { name, status: 'missing', found: probe.cause.reason, meaning: 'is reported as not measured', remedy: probe.cause.remedy };
}

function render(facts: readonly DoctorFact[]): string {
  const { green, yellow, red, dim } = colours(process.stdout);
  const marks = { ok: green('ok     '), warning: yellow('warning'), missing: red('missing') };
  const wide = Math.max(...facts.map(({ name }) => name.length));
  return facts
    .flatMap(({ name, status, found, meaning, remedy }) => [`${marks[status]}  ${name.padEnd(wide)}  ${found}  ${dim(`(${meaning})`)}`, ...(remedy === '' ? [] : [`${' '.repeat(wide + 11)}→ ${remedy}`])])
    .map((line) => `${line}\n`)
    .join('');
}
