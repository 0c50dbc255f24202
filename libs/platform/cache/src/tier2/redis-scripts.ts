import { ENGINE_PREFIX, LEASE_FAILED, MAX_TAGS } from './tier2-keys';

/**
 * What must be one step in Redis. Every script stays with keys of one slot as long as its namespace key is left empty,
 * which is how a cluster uses them.
 */

const LEASE = `local function lease_of(key) return '${ENGINE_PREFIX}l:{' .. key .. '}' end`;

/** KEYS: entry, companion. The life is in milliseconds; `argv` from `first` on holds the payload. */
const PUT = `
local function put(key, companion, kind, life, stamp, first, last)
  if kind == 'text' or kind == 'bytes' then
    redis.call('SET', key, ARGV[first], 'PX', life)
  else
    redis.call('DEL', key)
    for at = first, last, 2 do
      if kind == 'hash' then redis.call('HSET', key, ARGV[at], ARGV[at + 1])
      else redis.call('ZADD', key, ARGV[at], ARGV[at + 1]) end
    end
    redis.call('PEXPIRE', key, life)
  end
  if stamp ~= '' then redis.call('SET', companion, stamp, 'PX', life) end
end`;

const EPOCH = `
local function epoch_of(space, candidate)
  local epoch = redis.call('HGET', space, 'epoch')
  if not epoch then
    epoch = candidate
    redis.call('DEL', space)
    redis.call('HSET', space, 'epoch', epoch)
  end
  return epoch
end`;

const TELL = `
local function tell(space, epoch, channel, head)
  local seq = redis.call('HINCRBY', space, 'seq', 1)
  redis.call('PUBLISH', channel, head .. ',"e":"' .. epoch .. '","s":' .. seq .. '}')
  return seq
end`;

/** What a key holds that is not of the kind that its cache declares: another program wrote it. */
export const WRONG_TYPE = -3;
export const LEASE_STATES = ['none', 'granted', 'taken', 'failed'] as const;

/**
 * KEYS: entries. ARGV: kind, '1' with companions, lease token or '', lease life, life that calls for a load, namespace key
 * or '', candidate epoch, and what each companion must say. Answers three values for each entry: payload, life left and
 * lease state, or the code of the error with which it was refused; and last the epoch.
 */
const READ = `${LEASE}${EPOCH}
local kind, stamped, token, life, below, space = ARGV[1], ARGV[2] == '1', ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local command = kind == 'hash' and 'HGETALL' or 'GET'
local out, n, granted = {}, 0, false
for i, key in ipairs(KEYS) do
  local value, left
  if kind == 'sortedSet' then value = redis.pcall('ZRANGE', key, 0, -1, 'WITHSCORES')
  else value = redis.pcall(command, key) end
  if type(value) == 'table' then
    if value.err then value, left = false, ${WRONG_TYPE}
    elseif #value == 0 then value = false end
  end
  if value and stamped and redis.call('GET', '${ENGINE_PREFIX}m:{' .. key .. '}') ~= ARGV[7 + i] then value = false end
  if value then left = redis.call('PTTL', key) end
  local state = 0
  if token ~= '' and (not value or (left >= 0 and left <= below)) then
    local holder = redis.call('GET', lease_of(key))
    if holder then state = holder == '${LEASE_FAILED}' and 3 or 2
    else
      local answer = redis.pcall('SET', lease_of(key), token .. i, 'PX', life)
      if answer.err then state = answer.err:match('%u%u%u+') or 'ERR' else state, granted = 1, true end
    end
  end
  out[n + 1], out[n + 2], out[n + 3] = value, left or 0, state
  n = n + 3
end
out[n + 1] = granted and space ~= '' and epoch_of(space, ARGV[7])
return out`;

/**
 * KEYS: entries. ARGV: namespace key or '', kind, then for each entry: lease that must stand, life, companion's text, epoch,
 * number of payload parts, the parts. Answers 1 for each that was stored, else 0.
 */
const STORE = `${LEASE}${PUT}
local epoch = ARGV[1] ~= '' and redis.call('HGET', ARGV[1], 'epoch')
local out, at = {}, 3
for i, key in ipairs(KEYS) do
  local lease, parts = lease_of(key), tonumber(ARGV[at + 4])
  out[i] = 0
  if redis.call('GET', lease) == ARGV[at] then
    if ARGV[1] == '' or epoch == ARGV[at + 3] then
      put(key, '${ENGINE_PREFIX}m:{' .. key .. '}', ARGV[2], ARGV[at + 1], ARGV[at + 2], at + 5, at + 4 + parts)
      out[i] = 1
    end
    redis.call('DEL', lease)
  end
  at = at + 5 + parts
end
return out`;

/**
 * KEYS: entries. ARGV: namespace key or '', candidate epoch, channel, message head, then for each entry: op, kind, life,
 * companion's text, lease that must stand or '', number of payload parts, the parts. Answers epoch and seq where a namespace
 * key was given, then for each entry whether it was there before (1), and whether its lease was lost (2).
 */
const CHANGE = `${LEASE}${PUT}${EPOCH}${TELL}
local out, at = { false, 0 }, 5
for i, key in ipairs(KEYS) do
  local op, kind, life, stamp, lease = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local parts = tonumber(ARGV[at + 5])
  local companion = '${ENGINE_PREFIX}m:{' .. key .. '}'
  out[i + 2] = redis.call('EXISTS', key)
  if lease ~= '' and redis.call('GET', lease_of(key)) ~= lease then op, out[i + 2] = 'remove', out[i + 2] + 2 end
  if op == 'set' then put(key, companion, kind, life, stamp, at + 6, at + 5 + parts)
  elseif op == 'remove' then redis.call('UNLINK', key, companion)
  else
    local left = redis.call('PTTL', key)
    if left == -1 or left > tonumber(life) then redis.call('PEXPIRE', key, life) end
  end
  redis.call('UNLINK', lease_of(key))
  at = at + 6 + parts
end
if ARGV[1] ~= '' then
  out[1] = epoch_of(ARGV[1], ARGV[2])
  out[2] = tell(ARGV[1], out[1], ARGV[3], ARGV[4])
end
return out`;

/**
 * KEYS: namespace. ARGV: new epoch, channel, message head, and maybe the only epoch to be ended. Forgets the tags with the old
 * epoch. Answers nothing where another epoch stands.
 */
const RENEW = `${TELL}
if ARGV[4] and redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[4] then return {} end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
return { ARGV[1], tell(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) }`;

/** KEYS: namespace. ARGV: candidate epoch, channel, message head, then field and generation of each tag. */
const TAGS = `${EPOCH}${TELL}
local epoch = epoch_of(KEYS[1], ARGV[1])
for at = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
if redis.call('HLEN', KEYS[1]) > ${MAX_TAGS} then
  redis.call('DEL', KEYS[1])
  epoch = ARGV[1]
  redis.call('HSET', KEYS[1], 'epoch', epoch)
end
return { epoch, tell(KEYS[1], epoch, ARGV[2], ARGV[3]) }`;

/** KEYS: namespace. ARGV: candidate epoch, fields. Answers epoch and the fields' values. */
const STATE = `${EPOCH}
local out = { epoch_of(KEYS[1], ARGV[1]) }
for at = 2, #ARGV do out[at] = redis.call('HGET', KEYS[1], ARGV[at]) end
return out`;

/** KEYS: lease. ARGV: token, life. */
const RENEW_LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: lease. ARGV: token, milliseconds for which nobody is to try again. */
const RELEASE_LEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if tonumber(ARGV[2]) < 1 then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], '${LEASE_FAILED}', 'PX', ARGV[2])
return 1`;

/**
 * KEYS: lock, fence. ARGV: token, life, life of the fence. Answers the fence, or nothing where somebody holds the lock. A server
 * that lost the last fence goes on by its clock, so that a fence never comes twice.
 */
const TAKE_LOCK = `
if not redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return false end
local now = redis.call('TIME')
local fence = math.max(now[1] * 1000000 + now[2], (tonumber(redis.call('GET', KEYS[2]) or 0) or 0) + 1)
redis.call('SET', KEYS[2], string.format('%.0f', fence), 'PX', ARGV[3])
return string.format('%.0f', fence)`;

/** KEYS: entry, the place aside. ARGV: life there. */
const SET_ASIDE = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('RENAME', KEYS[1], KEYS[2])
return redis.call('PEXPIRE', KEYS[2], ARGV[1])`;

/** KEYS: entries. Answers life left, -2 for none, and size for each. */
const WEIGH = `
local out = {}
for i, key in ipairs(KEYS) do
  local left, size = redis.call('PTTL', key), 0
  if left ~= -2 then size = redis.pcall('STRLEN', key) end
  if type(size) == 'table' then size = redis.call('MEMORY', 'USAGE', key) end
  out[2 * i - 1], out[2 * i] = left, size
end
return out`;

/** KEYS: a hash of whole numbers. ARGV: name and how many more, for each. Answers all names and numbers. */
const COUNT = `
for at = 1, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[at], ARGV[at + 1]) end
return redis.call('HGETALL', KEYS[1])`;

/** By the name under which `RedisScripts` runs it. */
export const SCRIPTS = {
  sluiceRead: { lua: READ },
  sluiceStore: { lua: STORE },
  sluiceChange: { lua: CHANGE },
  sluiceSetAside: { lua: SET_ASIDE },
  sluiceRenew: { lua: RENEW },
  sluiceTags: { lua: TAGS },
  sluiceState: { lua: STATE },
  sluiceRenewLease: { lua: RENEW_LEASE },
  sluiceReleaseLease: { lua: RELEASE_LEASE },
  sluiceTakeLock: { lua: TAKE_LOCK },
  sluiceWeigh: { lua: WEIGH },
  sluiceCount: { lua: COUNT },
} as const;
