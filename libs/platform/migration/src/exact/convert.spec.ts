import { boolean, date, decimal, float, integer, json, nullable, text, timestamp } from '../mapping/conversion';
import { convert } from './convert';
import type { LegacyValue } from './legacy-value';

const aText = (value: string): LegacyValue => ({ storage: 'text', bytes: Buffer.from(value) });
const anInteger = (value: bigint): LegacyValue => ({ storage: 'integer', value });
const aReal = (value: number): LegacyValue => ({ storage: 'real', value });
const aBlob = (hex: string): LegacyValue => ({ storage: 'blob', bytes: Buffer.from(hex, 'hex') });
const money = decimal({ precision: 20, scale: 8 });

describe('convert', () => {
  it.each([
    [aText(''), text, ''],
    [aText('None'), text, 'None'],
    [anInteger(9223372036854775807n), integer, '9223372036854775807'],
    [aReal(0.1 + 0.2), float, '0.30000000000000004'],
    [aReal(5e-324), float, '5e-324'],
    [aReal(-0), float, '-0'],
    [aReal(-Infinity), float, '-Infinity'],
    [anInteger(42n), float, '42'],
    [anInteger(3n), money, '3.00000000'],
    [aReal(0.0015), money, '0.00150000'],
    [anInteger(1n), boolean, 't'],
    [anInteger(0n), boolean, 'f'],
    [aText('null'), json(), 'null'],
    [aText('2026-01-09'), date, '2026-01-09'],
  ])('stores %j faithfully', (value, conversion, expected) => {
    expect(convert(value, conversion)).toEqual({ text: expected });
  });

  it.each([
    [aReal(2), integer, { text: '2', rule: 'real-to-integer' }],
    [aText(''), nullable(integer), { text: null, rule: 'empty-to-null' }],
    [aText(''), nullable(timestamp({ zone: 'UTC' })), { text: null, rule: 'empty-to-null' }],
    [aReal(0.0045000000000000005), money, { text: '0.00450000', rule: 'rounded' }],
    [aText('YES'), boolean, { text: 't', rule: 'text-to-boolean' }],
    [aReal(1), boolean, { text: 't', rule: 'real-to-boolean' }],
    [aText('TIME_EXIT'), json({ bareText: true }), { text: '"TIME_EXIT"', rule: 'bare-text', keepOriginal: true }],
  ])('normalises %j by a named rule', (value, conversion, expected) => {
    expect(convert(value, conversion)).toEqual(expected);
  });

  it.each([
    [aBlob('00ff'), text, 'B27'],
    [anInteger(5n), text, 'B27'],
    [aText('a\u0000b'), text, 'B05'],
    [{ storage: 'text', bytes: Buffer.from([0x61, 0xff]) } as LegacyValue, text, 'B06'],
    [aText('abc'), integer, 'B13'],
    [aReal(1.5), integer, 'B14'],
    [aReal(9223372036854775808), integer, 'B12'],
    [aReal(Infinity), money, 'B18'],
    [aReal(1e13), money, 'B20'],
    [anInteger(9007199254740993n), float, 'B11'],
    [aText('1.5'), float, 'B13'],
    [anInteger(2n), boolean, 'B17'],
    [aText('constructor'), boolean, 'B17'],
    [{ storage: 'null' } as LegacyValue, text, 'B32'],
    [aText(''), integer, 'B32'],
    [aText(''), json(), 'B43'],
    [anInteger(20260109n), timestamp({ zone: 'UTC' }), 'B21'],
    [aText('2026-02-30'), date, 'B23'],
  ])('quarantines %j', (value, conversion, code) => {
    expect(convert(value, conversion)).toMatchObject({ reject: code });
  });
});
