import { decodeUtf8, type LegacyValue } from '../exact/legacy-value';
import type { Conversion } from '../mapping/conversion';

/** The name of an odd value's form, and the hazards that it shows even where it is stored as it is. */
export function odditiesOf(value: LegacyValue, conversion: Conversion): { form: string; hazards: readonly string[] } {
  if (value.storage === 'real') return { form: 'real', hazards: Number.isFinite(value.value) ? [] : ['B18'] };
  if (value.storage !== 'text') return { form: value.storage, hazards: [] };
  const text = decodeUtf8(value.bytes);
  if (text === null) return { form: 'bytes that are not UTF-8', hazards: [] };
  if (text.includes('\u0000')) return { form: 'text with NUL', hazards: [] };
  if (text === '') return { form: 'empty text', hazards: [] };
  if (conversion.kind === 'json') return { form: jsonForm(text), hazards: jsonHazards(text) };
  return { form: conversion.kind === 'text' ? 'text beyond ASCII' : 'other text', hazards: [] };
}

function jsonForm(text: string): string {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('{')) return 'JSON object';
  if (trimmed.startsWith('[')) return 'JSON array';
  return /^(?:["\d-]|true\b|false\b|null\b|NaN\b|Infinity\b)/.test(trimmed) ? 'JSON scalar' : 'not JSON';
}

/** NaN and the infinities are told apart in the report; the rule that answers them is the same. */
function jsonHazards(text: string): readonly string[] {
  let isInfinite = false;
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at);
    const bare = text.slice(at, quote < 0 ? undefined : quote);
    if (bare.includes('NaN')) return ['B01'];
    isInfinite ||= bare.includes('Infinity');
    at = quote < 0 ? text.length : endOfString(text, quote);
  }
  return isInfinite ? ['B02'] : [];
}

/** Behind the string that begins here. By hand: a regular expression takes stack for every character of a long one. */
function endOfString(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
