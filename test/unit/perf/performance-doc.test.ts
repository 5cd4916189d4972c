import fc from 'fast-check';
import { expect, test } from 'vitest';
import { replaceSection } from '../../perf/performance-doc.ts';

test('a section is added once and replaced from then on; the others stay as they are', () => {
  const body = fc.string().filter((text) => !text.includes('perf:'));
  fc.assert(
    fc.property(body, body, body, (one, two, three) => {
      const both = replaceSection(replaceSection('# Performance\n', 'a', one), 'b', two);
      const again = replaceSection(both, 'a', three);
      expect(again).toBe(replaceSection(replaceSection('# Performance\n', 'a', three), 'b', two));
      expect(replaceSection(again, 'a', one)).toBe(both);
    }),
  );
});
