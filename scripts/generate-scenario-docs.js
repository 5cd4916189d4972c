// Writes scenarios/schema.json and docs/scenarios.md from the scenario schema. Needs a build: `npm run generate`.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { scenarioJsonSchema, plainJsonSchema } from '../dist/scenario/json-schema.js';
import { scenarioReference } from '../dist/scenario/reference.js';

const at = (path) => new URL(`../${path}`, import.meta.url);
mkdirSync(at('scenarios'), { recursive: true });
writeFileSync(at('scenarios/schema.json'), `${JSON.stringify(scenarioJsonSchema(), null, 1)}\n`);
writeFileSync(at('docs/scenarios.md'), scenarioReference(plainJsonSchema(), readFileSync(at('docs/example-scenario.yaml'), 'utf8')));
