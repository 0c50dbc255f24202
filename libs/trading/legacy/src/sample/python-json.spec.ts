import { float, pythonJson } from './python-json';

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
