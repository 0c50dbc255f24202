import { JsonCanon } from './json-canon';

const canon = new JsonCanon();

function canonical(text: string): string {
  const bytes = Buffer.from(`##${text}##`);
  const end = canon.write(bytes, 2, bytes.length - 2, 3);
  return end < 0 ? canon.fault : canon.out.toString('utf8', 3, end);
}

describe('JsonCanon', () => {
  it.each([
    ['{"b":1,"a":2,"b":3}', '{"a": 2, "b": 3}'],
    ['{"aa":1,"b":{"z":[],"y":{}},"":0}', '{"": 0, "b": {"y": {}, "z": []}, "aa": 1}'],
    ['[1e2,1.50e1,-0,-0.0,1E-5,0.10,0,0.5,-0.5]', '[100, 15.0, 0, 0.0, 0.00001, 0.10, 0, 0.5, -0.5]'],
    ['"\\u00e9\\ud83d\\ude00\\/\\u0001\\n\\u0022\\u007f"', '"é😀/\\u0001\\n\\"\u007f"'],
    [' { "x" : [ true , false , null ] } \n', '{"x": [true, false, null]}'],
    ['{"a\\"":1,"aaa":2,"b\\n":3}', '{"a\\"": 1, "b\\n": 3, "aaa": 2}'],
    ['{"a":1,"\\u0061":2}', '{"a": 2}'],
    ['{"__proto__":1,"constructor":{"__proto__":[]}}', '{"__proto__": 1, "constructor": {"__proto__": []}}'],
    ['[NaN,Infinity,-Infinity,"NaN"]', '[null, null, null, "NaN"]'],
  ])('writes %s as jsonb prints it', (text, expected) => {
    expect(canonical(text)).toBe(expected);
  });

  it.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '1e',
    'nul',
    'nulll',
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12"',
    '1 2',
    '[1}',
    '{"a"}',
    '-NaN',
    '1.2.3',
    '\ufeff1',
    '[1',
    "'a'",
  ])('calls %j no JSON', (text) => expect(canonical(text)).toBe('syntax'));

  it.each([
    ['"a\\u0000b"', 'nul'],
    ['"\\ud800"', 'lone-surrogate'],
    ['"\\udc00"', 'lone-surrogate'],
    ['"\\ud800\\u0041"', 'lone-surrogate'],
    ['{"a":1e400000}', 'number'],
    ['1e-16384', 'number'],
    ['["\\u0000",', 'syntax'],
  ])('names what jsonb cannot hold in %s', (text, fault) => {
    expect(canonical(text)).toBe(fault);
  });

  it('takes a nesting of 1,000 and not of 1,001', () => {
    expect(canonical('['.repeat(1000) + ']'.repeat(1000))).toBe('['.repeat(1000) + ']'.repeat(1000));
    expect(canonical('['.repeat(1001) + ']'.repeat(1001))).toBe('depth');
  });

  it('grows its output for a short number of many digits', () => {
    expect(canonical('[1e131071, "tail"]')).toBe(`[1${'0'.repeat(131071)}, "tail"]`);
  });

  it('tells repeated keys and numbers that are none', () => {
    canonical('{"a":{"b":1,"b":2}}');
    expect([canon.duplicateKey, canon.nonFinite]).toEqual([true, false]);
    canonical('[NaN]');
    expect([canon.duplicateKey, canon.nonFinite]).toEqual([false, true]);
    expect(canon.rules).toEqual(['non-finite-to-null']);
  });

  it('tells a zero that loses its minus, and no other number', () => {
    for (const text of ['-0', '[-0.0]', '{"a":-0e7}', '-0.00E-3']) {
      canonical(text);
      expect(canon.rules).toEqual(['negative-zero']);
    }
    for (const text of ['0', '-0.5', '[-1.0, -1e-400, "-0"]', '-0.001e2']) {
      canonical(text);
      expect(canon.rules).toEqual([]);
    }
  });
});
