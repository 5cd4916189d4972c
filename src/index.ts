export { runRecord, SCHEMA_VERSION, type RunRecord } from './record/schema.ts';
