import fc from 'fast-check';
import { jsonText } from '../exact/json-text';
import { JsonScanner } from './json-scanner';

const scanner = new JsonScanner();
const isPlain = (text: string): boolean => {
  const bytes = Buffer.from(`-0${text}"-0`); // What lies around a text is none of its own.
  return scanner.isPlain(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 2, bytes.length - 5);
};

describe('JsonScanner', () => {
  it.each([
    '{"a": 1, "b": [{"a": 1}, {"a": 1}], "c": {"a": {"a": 1}}}',
    '[{"a": 1}, {"a": 1}]',
    '{"at": "2026-01-09T00:00:00", "x": "-0", "y": "\\"-0", "-0": "a", "": 1}',
    '[-0.5, -0.0001, -10, -1.0, 0, 0.0, -0.01e7, 1e-0]',
    '{"a": "b", "b": "a", "c": ["a", "a"]}',
    `{${Array.from({ length: 3000 }, (_, i) => `"${i}":1`).join()}}`,
    `${'['.repeat(1000)}${']'.repeat(1000)}`,
    `"${'['.repeat(5000)}"`,
    '{"\\u0061": 1, "\\\\": 2, "\\\\\\\\": 4, "\\"": 5, "b": {"\\u0061": 3}}',
    '42',
    '"text"',
  ])('leaves %.60s to PostgreSQL', (text) => expect(isPlain(text)).toBe(true));

  it.each([
    '{"a":1,"a":2}',
    '{"a": 1, "b": {"c": 2, "d": [0], "c": 3}}',
    '{"b": {"a": 1}, "a": [{"a": 1}], "b": 2}',
    '{"a": 1, "\\u0061": 2}',
    '{"market": 1, "b\\n": 2, "mark\\u0065t": 3}',
    '{"b\\"": 1, "c": 3, "b\\u0022": 2}',
    '{"a_longer_key": 1, "a_longer_kez": 1, "a_longer_key": 3}',
    '-0',
    '-0.0',
    '{"a": -0.00}',
    '[1, -0e7]',
    '[-0.0E-7,1]',
    `${'['.repeat(1001)}${']'.repeat(1001)}`,
  ])('does not vouch for %.60s', (text) => expect(isPlain(text)).toBe(false));

  it('vouches for nothing that a rule changes', () => {
    const key = fc.constantFrom('a', 'b', 'aa', '', '-0');
    const { json } = fc.letrec<{ json: string }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('0', '-0', '-0.0', '-0.1', '-0.0e1', 'null', '"-0"', '"\\""', '7'),
        fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
        fc
          .array(fc.tuple(key, tie('json')), { maxLength: 4 })
          .map((members) => `{${members.map(([name, value]) => `"${name}" : ${value}`).join()}}`),
      ),
    }));
    fc.assert(
      fc.property(json, (text) => expect(isPlain(text)).toBe(!('rule' in jsonText(text)))),
      { numRuns: 2000 },
    );
  });

  it('takes no broken text for more than it is', () => {
    for (const text of ['{"a', '{"a\\', ']]}}', '{"a":1,', '-', '"', '{{"a":1}{"a":1}'])
      expect(typeof isPlain(text)).toBe('boolean');
  });
});
