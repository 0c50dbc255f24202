import { pythonFloatGolden, pythonJsonGolden } from './python-json.golden';
import { pythonFloat, pythonJsonText, plainNumber } from './python-json-text';
import { jsonbText } from './reads-as';
import { UnwritableValue } from './write-back.errors';
import { randomJson } from './random-json.fixture';

describe('JSON of PostgreSQL', () => {
  it.each(pythonJsonGolden)('becomes $python', ({ jsonb, shape, python }) => {
    expect(pythonJsonText(jsonb, shape)).toBe(python);
  });

  it.each(pythonFloatGolden)('writes the double %d as %s', (value, python) => {
    expect(pythonFloat(value)).toBe(python);
  });

  it('keeps every value that there is, in ASCII, and is then at rest', () => {
    const random = randomJson(20_261_121);
    for (let i = 0; i < 2000; i++) {
      const value = random();
      const jsonb = jsonbText(JSON.stringify(value))!;
      const text = pythonJsonText(jsonb);
      expect(JSON.parse(text)).toEqual(value);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(pythonJsonText(jsonbText(text)!)).toBe(text);
    }
  });

  it.each([
    ['beyond-double', '[0.1234567890123456789]'],
    ['beyond-double', `[1${'0'.repeat(400)}.5]`],
    ['beyond-double', `[0.${'0'.repeat(400)}1]`],
    ['integer-digits', `[${'1'.repeat(4301)}]`],
  ])('refuses as %s what Python would bend: %#', (rule, jsonb) => {
    expect(() => pythonJsonText(jsonb)).toThrow(new UnwritableValue(rule as UnwritableValue['rule']));
  });

  it('refuses an integer that a float of the legacy program would bend', () => {
    expect(() => pythonJsonText('9007199254740993', { float: true })).toThrow('beyond-double');
    expect(pythonJsonText('9007199254740992', { float: true })).toBe('9007199254740992.0');
  });

  it.each([
    ['75.0', '75'],
    ['62.50', '62.5'],
    ['100', '100'],
    ['-0.00', '0'],
    ['0.00', '0'],
  ])('knows %s as the number %s', (digits, plain) => expect(plainNumber(digits)).toBe(plain));
});
