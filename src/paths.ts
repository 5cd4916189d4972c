import { fileURLToPath } from 'node:url';

/** The folder of the installed package; the same from src/ (tests) and from dist/ (users). */
export const PACKAGE_ROOT = fileURLToPath(new URL('..', import.meta.url));
