import { createHash } from 'node:crypto';

/**
 * Adds a group of records, trims their streams and notes their ids, in one step. What a script has written stays when it
 * fails, so it begins only if each key has the right type and the user may run each command. It rejects a group after its
 * deadline: a server that was stopped would otherwise store late what the sender knows as not stored.
 *
 * KEYS: streams, and last the hash of the day's ids.
 * ARGV: the deadline in ms since 1970; how long the hash lives in ms; for each stream MINID or MAXLEN and its value,
 * where MINID is relative to now; then for each record the number of its stream, its line, the number of its ids, and
 * the ids.
 */
export const keepScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(ARGV[1]) then return redis.error_reply('LATE the deadline of this group has passed') end
local streams = #KEYS - 1
local function is_usable(key, wanted)
  local found = redis.call('TYPE', key).ok
  return found == 'none' or found == wanted
end
local added, ids, at = {}, {}, 3 + 2 * streams
for _, key in ipairs(KEYS) do
  local wanted, commands = 'stream', {{'TYPE', key}, {'XADD', key, '*', 'r', ''}}
  if key == KEYS[#KEYS] then
    wanted, commands = 'hash', {{'TYPE', key}, {'HSET', key, 'id', ''}, {'PEXPIRE', key, '1'}}
  end
  for _, command in ipairs(commands) do
    if not redis.acl_check_cmd(unpack(command)) then
      return redis.error_reply('NOPERM this user may not run ' .. command[1] .. ' on the key ' .. key)
    end
  end
  if not is_usable(key, wanted) then return redis.error_reply('WRONGTYPE key ' .. key) end
end
while at <= #ARGV do
  local stream, count = tonumber(ARGV[at]), tonumber(ARGV[at + 2])
  local kind, limit = ARGV[1 + 2 * stream], ARGV[2 + 2 * stream]
  if kind == 'MINID' then limit = string.format('%.0f', now - tonumber(limit)) end
  local id = redis.call('XADD', KEYS[stream], kind, '~', limit, '*', 'r', ARGV[at + 1])
  added[#added + 1] = id
  for index = at + 3, at + 2 + count do
    ids[#ids + 1] = ARGV[index]
    ids[#ids + 1] = id
  end
  at = at + 3 + count
end
local hash = KEYS[#KEYS]
if #ids > 0 then
  for from = 1, #ids, 1000 do redis.call('HSET', hash, unpack(ids, from, math.min(from + 999, #ids))) end
  redis.call('PEXPIRE', hash, ARGV[2])
end
return added`;

export const keepScriptSha = createHash('sha1').update(keepScript).digest('hex');
