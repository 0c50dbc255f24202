import type { RequestProblem } from '../http/request.pipe';

const MAX_NAME = 100;

/** What a run says that its columns cannot hold. */
export function runProblems(result: Readonly<Record<string, unknown>>): RequestProblem[] {
  const wrong = (name: string, rule: string): RequestProblem => ({
    pointer: `/result/${name}`,
    detail: `result.${name} ${rule}`,
  });
  const given = (name: string): boolean => result[name] !== undefined && result[name] !== null;
  const isName = (value: unknown): boolean => typeof value === 'string' && value.length <= MAX_NAME;
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  return [
    ...['universe', 'mode']
      .filter((name) => given(name) && !isName(result[name]))
      .map((name) => wrong(name, `must be a text of at most ${MAX_NAME} characters`)),
    ...['total_analyzed', 'passed_filter', 'picks_count']
      .filter((name) => given(name) && !isCount(result[name]))
      .map((name) => wrong(name, 'must be a whole number from 0 on')),
    ...(given('picks') && !Array.isArray(result['picks']) ? [wrong('picks', 'must be a list')] : []),
  ];
}
