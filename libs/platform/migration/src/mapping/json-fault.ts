import { jsonText } from '../exact/json-text';
import { isReject } from '../exact/outcome';

/**
 * What keeps a text from being JSON as Python reads it, with the place; null where nothing does. What PostgreSQL alone could
 * not hold is left to the conversion of its column.
 */
export function jsonFault(text: string): string | null {
  const outcome = jsonText(text);
  return isReject(outcome) && outcome.reject === 'B43' ? outcome.reason : null;
}
