import { exitCodeOfKind } from '../../apps/cli/src/exit-codes';
import { code, page, table } from './markdown';
import { findErrors } from './find-errors';

/** Every code that an expected failure can have. */
export function errorsPage(root: string): string {
  const errors = findErrors(root).sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
  const rows = errors.map(({ code: name, kinds, about, file }) => [
    code(name),
    kinds.join(', '),
    kinds.map(exitCodeOfKind).join(', '),
    about,
    `[${file}](../../${file})`,
  ]);
  return page(
    'Error codes',
    'A code is public and permanent: never renamed, never used for something else. `…` stands for what is only known when ' +
      'it happens. 143 instead of 130 after SIGTERM, 129 after SIGHUP. `INTERNAL` (exit 1, HTTP 500) is a failure that nobody expected, and ' +
      '`HTTP_*` in an answer of the API is the standard phrase of its status.',
    table(['code', 'kind', 'exit', 'meaning or message', 'where'], rows),
  );
}
