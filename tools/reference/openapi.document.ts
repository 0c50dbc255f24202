import { startApi } from '@sluice/api';
import { loadSettings } from '@sluice/config';

/** A port on which no server of anybody answers: the API starts without its database, and describes itself. */
const nowhere = 'postgresql://127.0.0.1:1/none';

let asked: Promise<string> | undefined;

/** What the API answers at /openapi.json; asked for once. */
export const openapiDocument = (): Promise<string> => (asked ??= served());

async function served(): Promise<string> {
  const api = await startApi(loadSettings({ DATABASE_URL: nowhere, PORT: '0', LOG_LEVEL: 'error' }));
  try {
    const answer = await fetch(`${api.url}/openapi.json`);
    return `${JSON.stringify(await answer.json(), null, 2)}\n`;
  } finally {
    await api.close();
  }
}
