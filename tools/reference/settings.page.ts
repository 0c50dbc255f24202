import { describeSettings } from '@sluice/config';
import { code, page, table } from './markdown';

/** Every environment variable that Sluice reads. */
export function settingsPage(): string {
  const rows = describeSettings().map(({ variable, about, default: value }) => [
    code(variable),
    value === null || value === '' ? '' : code(String(value)),
    about,
  ]);
  return page(
    'Settings',
    'All settings come from the environment. An empty text counts as not set; an option of the command line counts more.',
    table(['variable', 'default', 'meaning'], rows),
  );
}
