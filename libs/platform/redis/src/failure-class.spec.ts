import { redisFailure, RedisUrlError } from './errors';
import { redisFailureClass } from './failure-class';

/** As the reply parser makes it. */
function reply(text: string): Error {
  const error = new Error(text);
  error.name = 'ReplyError';
  return error;
}

/** The texts of Redis 6.2 and 7, copied from the servers. */
it.each([
  ['oom', "OOM command not allowed when used memory > 'maxmemory'."],
  ['oom', "OOM command not allowed when used memory > 'maxmemory'. script: 3ee0, on @user_script:1."],
  [
    'oom',
    "ERR Error running script (call to f_2bab): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.",
  ],
  ['readonly', "READONLY You can't write against a read only replica."],
  ['readonly', 'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.'],
  ['readonly', 'NOREPLICAS Not enough good replicas to write.'],
  ['loading', 'LOADING Redis is loading the dataset in memory'],
  ['loading', "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'."],
  ['loading', 'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.'],
  ['auth', 'NOAUTH Authentication required.'],
  ['auth', 'WRONGPASS invalid username-password pair or user is disabled.'],
  ['auth', "NOPERM this user has no permissions to run the 'set' command"],
  [
    'auth',
    'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
  ],
  ['cluster', 'MOVED 12182 127.0.0.1:7002'],
  ['cluster', 'ASK 12182 127.0.0.1:7002'],
  ['cluster', "CROSSSLOT Keys in request don't hash to the same slot"],
  ['cluster', 'CLUSTERDOWN The cluster is down'],
  ['cluster', 'CLUSTERDOWN Hash slot not served'],
  ['cluster', 'TRYAGAIN Multiple keys request during rehashing of slot'],
  ['cluster', 'ERR SELECT is not allowed in cluster mode'],
  ['noscript', 'NOSCRIPT No matching script. Please use EVAL.'],
  ['network', 'ERR max number of clients reached'],
  ['other-reply', 'WRONGTYPE Operation against a key holding the wrong kind of value'],
  ['other-reply', "ERR unknown command 'OOMPH', with args beginning with: "],
  ['other-reply', 'ERR DB index is out of range'],
  ['other-reply', 'constructor is no code'],
])('takes as %s the reply: %s', (expected, text) => {
  expect(redisFailureClass(reply(text))).toBe(expected);
  expect(redisFailureClass(redisFailure(reply(text), 'host:1'))).toBe(expected);
});

/** The texts of ioredis 5 and of the operating system. */
it.each([
  ['timeout', 'Command timed out'],
  ['timeout', 'connect ETIMEDOUT'],
  ['network', 'Connection is closed.'],
  ['network', "Stream isn't writeable and enableOfflineQueue options is false"],
  ['network', "Cluster isn't ready and enableOfflineQueue options is false"],
  ['network', 'connect ECONNREFUSED 127.0.0.1:6379'],
  ['network', 'read ECONNRESET'],
  ['network', 'getaddrinfo ENOTFOUND cache.example'],
  ['network', 'None of startup nodes is available'],
  ['network', 'All sentinels are unreachable. Retrying from scratch after 100ms.'],
  [
    'network',
    'Reached the max retries per request limit (which is 0). Refer to "maxRetriesPerRequest" option for details.',
  ],
  ['cluster', 'All keys in the pipeline should belong to the same slots allocation group'],
  ['cluster', 'Too many Cluster redirections. Last error: Error: MOVED 1 127.0.0.1:7000'],
])('takes as %s what is no reply: %s', (expected, text) => {
  expect(redisFailureClass(new Error(text))).toBe(expected);
  expect(redisFailureClass(redisFailure(new Error(text), 'host:1'))).toBe(expected);
});

it('looks into a discarded transaction', () => {
  const oom = reply("OOM command not allowed when used memory > 'maxmemory'.");
  const error = reply('EXECABORT Transaction discarded because of previous errors.');
  expect(redisFailureClass(Object.assign(error, { previousErrors: [oom] }))).toBe('oom');
});

it('says what the last node of an unreachable cluster answered', () => {
  const lastNodeError = reply('NOAUTH Authentication required.');
  const failure = redisFailure(Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError }), 'host:1');
  expect(failure).toMatchObject({
    code: 'REDIS_REFUSED',
    failureClass: 'auth',
    message: 'Redis at host:1 refused: NOAUTH Authentication required.',
  });
});

it('takes as network what it cannot read', () => {
  expect(redisFailureClass('gone')).toBe('network');
  expect(redisFailureClass(new RedisUrlError('The address cannot be used.'))).toBe('network');
});
