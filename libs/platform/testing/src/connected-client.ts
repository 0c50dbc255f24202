import { Client } from 'pg';

/**
 * A session of a test's own. Where its server is restarted or its database dropped under it, as after a failure, its next
 * statement says so: without a listener the lost socket would be a second failure, of whatever test runs then.
 */
export async function connectedClient(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
