import { float, pythonFloat, pythonJson } from './python-json';

it.each([
  [75, '75.0'],
  [0, '0.0'],
  [-0, '-0.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e-7, '1e-07'],
  [0.00001234, '1.234e-05'],
  [0.0001, '0.0001'],
  [1e16, '1e+16'],
  [9007199254740992, '9007199254740992.0'],
  [1.2345678901234568e17, '1.2345678901234568e+17'],
  [5e-324, '5e-324'],
  [1.7976931348623157e308, '1.7976931348623157e+308'],
  [NaN, 'NaN'],
  [-Infinity, '-Infinity'],
])('writes %p as Python does: %s', (value, text) => {
  expect(pythonFloat(value)).toBe(text);
});

it('separates, escapes and nests as json.dumps does', () => {
  const value = {
    rank: 1,
    score: float(75),
    note: 'na\u00efve \u20b9 \ud83d\ude00 \u007f "x"\\\n',
    lone: '\ud83d',
    list: [null, true, 10n, NaN],
    none: {},
  };
  expect(pythonJson(value)).toBe(
    '{"rank": 1, "score": 75.0, "note": "na\\u00efve \\u20b9 \\ud83d\\ude00 \\u007f \\"x\\"\\\\\\n", "lone": "\\ud83d", "list": [null, true, 10, NaN], "none": {}}',
  );
});

it('indents as json.dumps with indent does', () => {
  expect(pythonJson({ a: [1, {}], b: [] }, { indent: 2 })).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}');
});
