import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cliPage } from './cli.page';
import { errorsPage } from './errors.page';
import { exitCodesPage } from './exit-codes.page';
import { mappingsPage } from './mappings.page';
import { openapiDocument } from './openapi.document';
import { settingsPage } from './settings.page';

export const root = path.resolve(__dirname, '../..');
export const referenceDir = path.join(root, 'docs/reference');

/** The files of docs/reference, and what makes the text of each. The same code gives the same bytes, on any machine. */
export const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  'settings.md': settingsPage,
  'mappings.md': mappingsPage,
  'exit-codes.md': exitCodesPage,
  'errors.md': () => errorsPage(root),
  'cli.md': () => cliPage(root),
  'openapi.json': openapiDocument,
};

/** Writes all files and gives their paths below the project. */
export async function writeReference(): Promise<string[]> {
  mkdirSync(referenceDir, { recursive: true });
  const written: string[] = [];
  for (const [name, make] of Object.entries(pages)) {
    const file = path.join(referenceDir, name);
    writeFileSync(file, await make());
    written.push(path.relative(root, file));
  }
  return written;
}
