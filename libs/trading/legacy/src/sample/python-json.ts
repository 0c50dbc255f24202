import { pythonFloat, pythonString } from '@sluice/migration';

/** A number that Python holds as a float although it has no fraction: `75.0`, which `json.dumps` never writes as `75`. */
export class PythonFloat {
  constructor(readonly value: number) {}
}

export type PythonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PythonFloat
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

export const float = (value: number): PythonFloat => new PythonFloat(value);

/**
 * JSON text as Python's `json.dumps` writes it: `, ` and `: `, every character beyond ASCII escaped (lone surrogates too),
 * non-finite numbers as bare words. With `indent` the layout of `json.dumps(value, indent=n)`.
 */
export function pythonJson(value: PythonValue, options: { indent?: number } = {}): string {
  return write(value, options.indent ?? 0, '');
}

function write(value: PythonValue, indent: number, margin: string): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return pythonString(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : pythonFloat(value);
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof PythonFloat) return pythonFloat(value.value);
  const inner = margin + ' '.repeat(indent);
  if (isList(value))
    return bracket(
      '[',
      ']',
      value.map((item) => write(item, indent, inner)),
      indent,
      margin,
    );
  const members = Object.entries(value).map(([key, item]) => `${pythonString(key)}: ${write(item, indent, inner)}`);
  return bracket('{', '}', members, indent, margin);
}

const isList = (value: object): value is readonly PythonValue[] => Array.isArray(value);

function bracket(open: string, close: string, parts: readonly string[], indent: number, margin: string): string {
  if (parts.length === 0) return open + close;
  if (indent === 0) return open + parts.join(', ') + close;
  const inner = `\n${margin}${' '.repeat(indent)}`;
  return `${open}${inner}${parts.join(`,${inner}`)}\n${margin}${close}`;
}
