/**
 * What the regression gate promises, measured: false alarms and power by simulation, the same data and recorded runs through other
 * tools' rules, and the time a large comparison takes. Prints, writes docs/gate.md, and ends with 1 where a bound is missed.
 *
 *   npm run perf:gate                 (RUNS=2000 KEEP=<folder of perf:gate-real>)
 */
import { beside } from './gate/beside.ts';
import { Bounds } from './gate/bounds.ts';
import { falseAlarms } from './gate/false-alarms.ts';
import { calibrated, declared, power } from './gate/power.ts';
import { recorded } from './gate/recorded.ts';
import { speed } from './gate/speed.ts';
import { writeSection } from './performance-doc.ts';

const RUNS = Number(process.env['RUNS'] ?? 2_000);
const startedAt = performance.now();
const bounds = new Bounds();
const time = await speed(bounds);

const body = `
### False alarms

${falseAlarms(RUNS, bounds)}

### What is found

${power(RUNS, bounds)}

### What a run says it would have seen

${declared(RUNS, bounds)}

### What calibration promises

${calibrated(RUNS, bounds)}

### Beside other rules

${beside(RUNS)}

### Beside other rules, recorded

${await recorded(process.env['KEEP'], bounds)}

### Time

${time} This page took ${((performance.now() - startedAt) / 1_000).toFixed(0)} s.
`;
writeSection('simulation', 'Measured', body, { page: 'gate' });
process.stdout.write(`${body}\n`);
if (bounds.missed) process.exitCode = 1;
