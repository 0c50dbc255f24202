import { jsonText } from './json-text';

describe('jsonText', () => {
  it.each([
    '{}',
    '[]',
    ' {"a": [1, -2.50, 1e-7, {"b": null}], "c": "x\\ny"} ',
    '"text"',
    'null',
    '75.0',
    '[[], {}, ""]',
    '{"__proto__": {"constructor": 1}}',
    '{"a": "NaN and Infinity"}',
    '"\\ud83d\\ude00"',
    '1e400',
    '123456789012345678901234567890.5',
  ])('keeps %s as it is', (given) => {
    expect(jsonText(given)).toEqual({ text: given });
  });

  it('turns the tokens that only Python reads into null, and only the tokens', () => {
    expect(jsonText('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN"}')).toEqual({
      text: '{"a": null, "b": [null, null], "c": "NaN"}',
      rule: 'non-finite-to-null',
      keepOriginal: true,
    });
  });

  it('counts a repeated key, also one that is written with escapes', () => {
    expect(jsonText('{"a": 1, "\\u0061": 2}')).toMatchObject({ rule: 'duplicate-key', keepOriginal: true });
    expect(jsonText('[{"a": 1}, {"a": 2}]')).toEqual({ text: '[{"a": 1}, {"a": 2}]' });
  });

  it.each(['-0', '-0.0', '{"a": [-0.00]}', '-0e3', '[-0.0E-7]'])(
    'counts the zero of %s, whose sign jsonb drops',
    (given) => {
      expect(jsonText(given)).toEqual({ text: given, rule: 'negative-zero', keepOriginal: true });
    },
  );

  it.each(['-0.5', '[-0.001e2]', '"-0"', '{"-0": 0.0}', '[0, -10]'])('has no rule for %s', (given) => {
    expect(jsonText(given)).toEqual({ text: given });
  });

  it.each([
    ['"a\\u0000b"', 'B04'],
    ['{"\\u0000": 1}', 'B04'],
    ['"\\ud83d"', 'B07'],
    ['1e131073', 'B10'],
    ['1e-16384', 'B10'],
    ['', 'B43'],
    ['{"a": 1,}', 'B43'],
    ['[1,]', 'B43'],
    ['[1 2]', 'B43'],
    ['{a: 1}', 'B43'],
    ['{} {}', 'B43'],
    ['// no\n{}', 'B43'],
    ["{'a': 1}", 'B43'],
    ['"a\nb"', 'B43'],
    ['\ufeff{}', 'B43'],
    ['01', 'B43'],
    ['{"a"', 'B43'],
    ['[', 'B43'],
    ['nan', 'B43'],
    ['['.repeat(1001) + ']'.repeat(1001), 'B44'],
  ])('quarantines %j', (given, code) => {
    expect(jsonText(given)).toMatchObject({ reject: code });
  });

  it('names the place, not the content', () => {
    expect(jsonText('{"secret": 1,\n  oops}')).toEqual({
      reject: 'B43',
      reason: 'not a JSON string at line 2, column 3',
    });
  });

  it('reads a hundred thousand levels without falling over', () => {
    expect(jsonText('['.repeat(100_000))).toMatchObject({ reject: 'B44' });
    expect(jsonText('['.repeat(1000) + ']'.repeat(1000))).toEqual({ text: '['.repeat(1000) + ']'.repeat(1000) });
  });
});

it('takes strings of many megabytes', () => {
  const text = `["${'x'.repeat(20_000_000)}", "${'\\n'.repeat(2_000_000)}"]`;
  expect(jsonText(text)).toEqual({ text });
});
