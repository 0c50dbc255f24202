import { pythonFloatGolden, pythonJsonGolden } from './python-json.golden';
import { pythonJsonText } from './python-json-text';
import { hasPython, python } from './python.fixture';
import { randomJson } from './random-json.fixture';
import { jsonbText } from './reads-as';

/** What `json.dumps` makes of each text again: the same, where it is as Python writes. */
const rewritten =
  'import json, sys; print(json.dumps([json.dumps(json.loads(text)) for text in json.load(sys.stdin)]))';

(hasPython ? describe : describe.skip)('Python itself', () => {
  it('writes every text of the golden table just so', () => {
    const texts = pythonJsonGolden.map((row) => row.python);
    expect(python(rewritten, texts)).toEqual(texts);
  });

  it('writes every double of the golden table just so', () => {
    const texts = pythonFloatGolden.map(([, text]) => text);
    expect(python(rewritten, texts)).toEqual(texts);
  });

  it('writes just so what random values become', () => {
    const seed = Date.now() % 2 ** 31;
    const random = randomJson(seed);
    const texts = Array.from({ length: 5000 }, () => pythonJsonText(jsonbText(JSON.stringify(random()))!));
    expect({ seed, texts: python(rewritten, texts) }).toEqual({ seed, texts });
  });
});
