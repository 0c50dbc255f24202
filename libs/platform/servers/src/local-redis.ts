import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ServerStartError } from './errors';
import { freePort } from './free-port';
import { GuardedProcess } from './guarded-process';
import { RestartableServer } from './restartable-server';

const START_DEADLINE_MS = 60_000;
const ATTEMPTS = 5;

export interface LocalRedisOptions {
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Where its log goes, and its data if `settings` turn persistence on. */
  readonly dataDir: string;
  /** redis.conf settings by name, over the defaults (no persistence). */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/** The Redis server of this machine: the path of `redis-server` or `valkey-server`, null where there is neither. */
export function findRedisServer(searchPath: string): string | null {
  const places = searchPath.split(path.delimiter).filter(Boolean);
  const candidates = ['redis-server', 'valkey-server'].flatMap((name) => places.map((dir) => path.join(dir, name)));
  return candidates.find(isExecutable) ?? null;
}

/** A Redis on 127.0.0.1 that stops when this program ends, however it ends. */
export class LocalRedis extends RestartableServer {
  private constructor(
    private readonly program: string,
    private readonly options: LocalRedisOptions,
  ) {
    super();
  }

  /** Throws `ServerStartError` with the end of the log. */
  static async start(program: string, options: LocalRedisOptions): Promise<LocalRedis> {
    mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
    const server = new LocalRedis(program, options);
    await server.launch();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  protected async launch(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const port = this.port || this.options.port || (await freePort());
      const process = await this.spawn(port);
      const deadline = Date.now() + START_DEADLINE_MS;
      while (!process.exited && Date.now() < deadline) {
        if (await answersPing(port)) {
          return this.serves(process, port);
        }
        await delay(10);
      }
      await process.stop();
      const log = process.logTail();
      if (attempt === ATTEMPTS || this.options.port || !/Address already in use/.test(log))
        throw new ServerStartError(`Redis did not start. The end of its log:\n${log}`);
    }
  }

  private spawn(port: number): Promise<GuardedProcess> {
    const { dataDir } = this.options;
    const settings = {
      bind: '127.0.0.1',
      dir: path.resolve(dataDir),
      save: '',
      appendonly: 'no',
      daemonize: 'no',
      ...this.options.settings,
      port,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    return GuardedProcess.start({
      command: this.program,
      args,
      stopSignal: 'TERM',
      logFile: path.join(dataDir, 'redis.log'),
    });
  }
}

/** `program` as `findRedisServer` found it. */
export const startLocalRedis = (program: string, options: LocalRedisOptions): Promise<LocalRedis> =>
  LocalRedis.start(program, options);

function isExecutable(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Another server on the same port would answer as well; then ours has already ended with "Address already in use". */
function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => finish(false));
    socket.once('data', (data) => finish(/^\+PONG|^-NOAUTH/.test(data.toString())));
    socket.once('error', () => finish(false));
  });
}
