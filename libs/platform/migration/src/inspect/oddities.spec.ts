import { json } from '../mapping/conversion';
import { odditiesOf } from './oddities';

const hazardsOf = (text: string) => odditiesOf({ storage: 'text', bytes: Buffer.from(text) }, json()).hazards;

it.each([
  ['{"a": NaN}', ['B01']],
  ['{"a": -Infinity}', ['B02']],
  ['[Infinity, NaN]', ['B01']],
  ['{"NaN": "Infinity"}', []],
  [String.raw`{"a": "\" NaN", "b\\": Infinity}`, ['B02']],
  ['{"a": "never closed NaN', []],
])('tells words that JSON lacks from the same words in strings: %s', (text, hazards) => {
  expect(hazardsOf(text)).toEqual(hazards);
});

it('looks through a string of many megabytes', () => {
  expect(hazardsOf(`{"a": "${'x'.repeat(64_000_000)}", "b": NaN}`)).toEqual(['B01']);
});
