import { checkRedis, type RedisFinding, type RedisRole } from './redis-checks';
import { RedisConnection } from './redis-connection';

export interface RoleReport {
  readonly worst: RedisFinding['level'];
  /** What is not as it should be; where all is, what was looked at. */
  readonly text: string;
  readonly remedy: string | undefined;
}

/** Compares a Redis with what it is used for. Throws where it is away, or its address cannot be used. */
export async function reportRole(url: string, role: RedisRole): Promise<RoleReport> {
  const connection = await RedisConnection.open(url);
  try {
    const findings = await checkRedis(connection, role);
    const wrong = findings.filter(({ level }) => level !== 'ok');
    const remedies = new Set(wrong.flatMap(({ remedy }) => (remedy ? [remedy] : [])));
    return {
      worst: wrong.some(({ level }) => level === 'error') ? 'error' : wrong.length > 0 ? 'warning' : 'ok',
      text: (wrong.length > 0 ? wrong : findings).map(({ says }) => says).join('; '),
      remedy: remedies.size > 0 ? [...remedies].join(' ') : undefined,
    };
  } finally {
    await connection.close();
  }
}
