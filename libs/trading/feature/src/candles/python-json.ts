/**
 * Reads JSON as Python's `json.dumps` writes it: `NaN`, `Infinity` and `-Infinity`, which JSON has no word for, become
 * null. Throws `SyntaxError` for what is no JSON.
 */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/gs, (found) => (found[0] === '"' ? found : 'null')));
}
