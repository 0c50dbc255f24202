import { get } from 'node:http';
import { DESK_VARIABLE } from './shared-servers';

/** Asks the run's desk (see `TestDesk`); rejects with its message where a server cannot be had. */
export function askDesk<T>(question: string): Promise<T> {
  const desk = process.env[DESK_VARIABLE];
  if (!desk)
    return Promise.reject(new Error('Run the tests with Jest from the workspace: its set-up brings the servers.'));
  return new Promise((resolve, reject) => {
    const request = get(desk + question, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => (response.statusCode === 200 ? resolve(JSON.parse(text)) : reject(new Error(text))));
    });
    request.on('error', reject);
  });
}
