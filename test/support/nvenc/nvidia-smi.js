#!/usr/bin/env node
// Stands in for nvidia-smi: answers --query-gpu with fixed figures, once or every --loop-ms. NVIDIA_SMI=fail|garbage|silent|na|dies
const args = process.argv.slice(2);
const value = (name) => args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
const how = process.env.NVIDIA_SMI ?? '';
const FIGURES = {
  name: 'TEST DOUBLE of readybench', driver_version: '550.54', 'utilization.gpu': '7', 'utilization.encoder': '83', 'utilization.decoder': '12',
  'encoder.stats.sessionCount': '2', 'encoder.stats.averageFps': '310', 'power.draw': '71.25', 'clocks.current.video': '1500', 'temperature.gpu': '54',
};
const line = () => (value('--query-gpu') ?? '').split(',').map((field) => (how === 'na' ? '[N/A]' : (FIGURES[field] ?? '[Not Supported]'))).join(', ');

if (how === 'fail') {
  process.stdout.write("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n");
  process.exitCode = 9;
} else if (how !== 'silent') {
  const say = () => process.stdout.write(how === 'garbage' ? 'no such, thing\n\n,,,\n' : `${line()}\n`);
  say();
  const loopMs = Number(value('--loop-ms') ?? 0);
  if (loopMs > 0 && how !== 'dies' && how !== 'garbage') setInterval(say, loopMs);
} else {
  setInterval(() => {}, 1_000);
}
