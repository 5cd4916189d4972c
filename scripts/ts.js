/** Lets plain Node run the benchmarks under test/perf from their TypeScript: `node --import ./scripts/ts.js test/perf/….ts`. */
import { register } from 'node:module';

register('./ts-hooks.js', import.meta.url);
