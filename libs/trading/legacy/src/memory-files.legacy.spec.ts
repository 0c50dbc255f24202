import { readFile, valuesOf } from './files/family.fixture';
import { memoryAnalyses, memoryPreferences } from './memory-files.legacy';

const line = (over: Record<string, unknown> = {}): string =>
  JSON.stringify({
    symbol: 'TCS',
    agent_type: 'technical',
    result: { score: 1 },
    timestamp: '2026-01-09T10:00:00Z',
    ...over,
  });

describe('a log of analyses', () => {
  const read = (content: string | Buffer) => readFile(memoryAnalyses, 'analyses_TCS.jsonl', content);

  it('is a row per line, the result cut out as it stands', () => {
    const exact =
      '{"symbol": "M&M", "agent_type": "x", "result": {"v": 12345678901234567890, "n": NaN}, "timestamp": "t"}';
    expect(read(`${exact}\n`).rows).toEqual([
      { values: { symbol: 'M&M', agent_type: 'x', result: '{"v": 12345678901234567890, "n": NaN}', timestamp: 't' } },
    ]);
  });

  it('keeps its other lines when one is broken, and the number of a blank one', () => {
    const { rows, checked } = read(`${line()}\r\n\n{"symbol": "TCS", "agent_ty\n${line({ symbol: 'INFY' })}`);
    expect(rows).toEqual([
      expect.objectContaining({ values: expect.objectContaining({ symbol: 'TCS' }) }),
      'blank',
      { fault: 'ends before its JSON does', raw: Buffer.from('{"symbol": "TCS", "agent_ty') },
      expect.objectContaining({ values: expect.objectContaining({ symbol: 'INFY' }) }),
    ]);
    expect(checked.map((row) => (row === null || row === 'blank' ? row : row['symbol']))).toEqual([
      'TCS',
      'blank',
      null,
      'INFY',
    ]);
  });

  it.each([
    ['a value that is no object', '42', 'is no JSON object, at character 1'],
    ['a member that is not known', line({ extra: 1 }), 'has a member that is not known'],
    ['a member twice', line().replace('{', '{"symbol": "A",'), 'has a member twice'],
    ['a symbol that is no text', line({ symbol: 7 }), 'has no text symbol'],
    ['a missing result', line({ result: undefined }), 'has no result'],
    ['broken JSON inside', line().replace('{"score":1}', '{"score":tru}'), 'not JSON at line 1, column 60'],
  ])('names the fault of %s', (_name, text, fault) => {
    const { rows, checked } = read(text);
    expect(rows).toEqual([{ fault, raw: Buffer.from(text) }]);
    expect(checked).toEqual([null]);
  });

  it('takes bytes that are not UTF-8 for a fault of their line alone', () => {
    const { rows, checked } = read(
      Buffer.concat([Buffer.from(`${line()}\n"`), Buffer.from([0xff]), Buffer.from('"\n')]),
    );
    expect(rows[1]).toEqual({ fault: 'is not UTF-8', raw: Buffer.from([0x22, 0xff, 0x22]) });
    expect(checked[1]).toBeNull();
  });

  it('is empty where nothing was ever written', () => expect(read('').rows).toEqual([]));
});

describe('the preferences of a user', () => {
  const read = (content: string) => readFile(memoryPreferences, 'user_a:b.json', content);

  it('are rows in the order of their names, for the user in the name of the file', () => {
    const { rows, checked } = read(
      '{"b": {"value": null, "updated_at": "t"}, "10": {"value": NaN, "updated_at": "u"}}',
    );
    expect(valuesOf(rows)).toEqual([
      { user_id: 'a:b', pref_key: '10', pref_value: 'NaN', updated_at: 'u' },
      { user_id: 'a:b', pref_key: 'b', pref_value: 'null', updated_at: 't' },
    ]);
    expect(checked).toEqual([
      { user_id: 'a:b', pref_key: '10', pref_value: NaN, updated_at: 'u' },
      { user_id: 'a:b', pref_key: 'b', pref_value: null, updated_at: 't' },
    ]);
  });

  it.each([
    ['{"a": {"value": 1, "updated_at": "t"}, "a": {"value": 2, "updated_at": "t"}}', 'has a member twice'],
    ['{"a": 1}', 'is no JSON object'],
    ['{"a": {"value": 1}}', 'has no text updated_at'],
    ['{"a": {"value": 1, "updated_at": "t"}', 'ends before its JSON does'],
  ])('are refused as a whole: %s', (content, fault) => expect(() => read(content)).toThrow(fault));
});

it.each([
  [memoryAnalyses, 'analyses_TCS.jsonl', true],
  [memoryAnalyses, 'analyses_.jsonl', true],
  [memoryAnalyses, 'analyses_TCS.jsonl.bak', false],
  [memoryAnalyses, 'user_1.json', false],
  [memoryPreferences, 'user_1.json', true],
  [memoryPreferences, 'my_user_1.json', false],
])('tells its own files from others', ({ source }, name, isOwn) => expect(source.family?.owns(name)).toBe(isOwn));
