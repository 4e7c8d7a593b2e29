-- Every decision about an account that several machines share, in one piece and by this server's clock.
-- KEYS: members, sent, facts, spent, salt. ARGV: salt, act, member, running jobs, the share and the places it believes
-- in, whether it comes back from being alone, requests, window, alive, lost, grace (microseconds), most jobs (0:
-- learned), argument …
-- Answers {microseconds to wait, why, share of the window, places}. A moment is in microseconds since 1970.
local members, sent, facts, spent = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local act, me = ARGV[2], ARGV[3]
local running, believed, believed_places = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local back, requests, window = ARGV[7] == '1', tonumber(ARGV[8]), tonumber(ARGV[9])
local alive, lost, grace, most = tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12]), tonumber(ARGV[13])
local said = {unpack(ARGV, 14)}
local DAY, LONGEST = 86400, 300000000
local known = redis.call('GET', KEYS[5])
if known ~= ARGV[1] then return {-1, 'salt', 0, 0} end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])

local function read(text)
  local seen, share, jobs, places, aside = string.match(text, '(%d+) (%d+) (%d+) (%d+) (%d+)')
  return {seen = tonumber(seen), share = tonumber(share), jobs = tonumber(jobs), places = tonumber(places),
          aside = tonumber(aside)}
end
local function number(name, default)
  return tonumber(redis.call('HGET', facts, name) or default)
end
local function keep(name, value)
  redis.call('HSET', facts, name, string.format('%.0f', value))
end

-- A server that remembers nothing may have lost its memory while members were alone: they come back within the grace.
if redis.call('EXISTS', facts) == 0 then
  keep('born', now)
  if grace > 0 then keep('held', now + grace) end
end
if number('held', 0) > now + LONGEST then keep('held', now + LONGEST) end -- this server's clock was set back since

local allowed = number('allowed', most > 0 and most or 2)
if most > 0 and allowed > most then allowed = most end

-- What the others have: who is silent keeps its share, for it may be using it.
local count, kept, granted, taken, places = 1, 0, 0, 0, 0
local all = redis.call('HGETALL', members)
local mine = nil
for at = 1, #all, 2 do
  local one = read(all[at + 1])
  if all[at] == me then
    mine = one
  elseif now >= one.seen + lost then
    redis.call('HDEL', members, all[at])
  else
    local silent = now > one.seen + alive
    one.aside = math.min(one.aside, now + window)
    local jobs = math.max(one.jobs, one.places)
    count = count + 1
    granted = granted + one.share
    places = places + jobs
    taken = taken + (silent and jobs or one.jobs)
    if silent or now < one.aside then kept = kept + one.share end
  end
end

-- What this one has, and may use where it cannot reach this server.
local aside = mine and math.min(mine.aside, now + window) or 0
if back or (mine and now > mine.seen + alive) then aside = now + window end
local reserved = math.max(believed, mine and now < aside and mine.share or 0)
if now < aside then kept = kept + reserved end
local share = math.max(0, math.min(math.floor(requests / count), requests - granted))
local own = math.max(0, math.min(math.floor(allowed / count), allowed - places))
local function note(jobs)
  local share_kept = math.max(share, reserved)
  redis.call('HSET', members, me, string.format('%.0f %.0f %.0f %.0f %.0f', now, share_kept, jobs,
    math.max(own, believed_places), aside))
end
note(running)

local function answer(wait, why)
  for _, key in ipairs({members, sent, facts}) do redis.call('EXPIRE', key, DAY) end
  return {math.ceil(wait), why, share, own}
end

local function moment(back_from_last)
  local found = redis.call('LINDEX', sent, -back_from_last)
  return found and tonumber(found)
end
local function wait_for(limit, span, held)
  local oldest = moment(limit)
  if not oldest or oldest <= now - span then return held end
  return math.max(held, oldest + span - now)
end

if act == 'order' or act == 'poll' then
  local last = moment(1)
  if last and last > now then -- this server's clock was set back since
    local found = redis.call('LRANGE', sent, 0, -1)
    redis.call('DEL', sent)
    local clamped = {}
    for _, text in ipairs(found) do clamped[#clamped + 1] = math.min(tonumber(text), now) end
    table.sort(clamped)
    for _, one in ipairs(clamped) do redis.call('RPUSH', sent, string.format('%.0f', one)) end
  end
  local held = math.max(0, number('held', 0) - now)
  local limit = requests - kept
  if limit < 1 then return answer(1000000, 'share') end
  local wait
  if act == 'order' then
    wait = wait_for(limit, window, held)
  else
    local burst = math.max(1, math.floor(limit / 14))
    wait = math.max(wait_for(burst, window * burst / limit, held),
                    wait_for(math.max(1, limit - math.floor(limit / 28)), window, held))
  end
  if wait <= 0 then
    redis.call('RPUSH', sent, string.format('%.0f', now))
    redis.call('LTRIM', sent, -requests, -1)
  end
  return answer(math.max(0, wait), '')
elseif act == 'hold' then
  keep('held', now + math.min(tonumber(said[1]), LONGEST))
elseif act == 'place' then -- attempt, seconds of its turn (0: it needs none), reserve, most to spend (-1: no bound)
  local attempt, turn_us = said[1], tonumber(said[2])
  local reserve, bound = tonumber(said[3]), tonumber(said[4])
  if taken + running + 1 > allowed then return answer(1000000, 'places') end
  if turn_us > 0 and redis.call('HGET', facts, 'turn') ~= attempt and number('turn_until', 0) > now
     and number('turn_until', 0) <= now + turn_us then
    return answer(500000, 'turn')
  end
  if bound >= 0 then
    local had = tonumber(redis.call('HGET', spent, attempt) or 0)
    local sum = tonumber(redis.call('HGET', spent, 'sum') or 0)
    if sum - had + reserve > bound then return answer(0, 'budget') end
    redis.call('HSET', spent, attempt, string.format('%.0f', reserve))
    redis.call('HSET', spent, 'sum', string.format('%.0f', sum - had + reserve))
    redis.call('EXPIRE', spent, 62 * DAY)
  end
  if turn_us > 0 then
    redis.call('HSET', facts, 'turn', attempt)
    keep('turn_until', now + turn_us)
  end
  note(running + 1)
elseif act == 'over' then -- attempt, outcome, what it is known or feared to have cost (-1: not counted)
  local attempt, outcome, cost = said[1], said[2], tonumber(said[3])
  if redis.call('HGET', facts, 'turn') == attempt then keep('turn_until', 0) end
  if cost >= 0 then
    local had = tonumber(redis.call('HGET', spent, attempt) or 0)
    local sum = tonumber(redis.call('HGET', spent, 'sum') or 0)
    redis.call('HSET', spent, attempt, string.format('%.0f', cost))
    redis.call('HSET', spent, 'sum', string.format('%.0f', sum - had + cost))
    redis.call('EXPIRE', spent, 62 * DAY)
  end
  if outcome == 'accepted' then
    local round = number('round', 0) + 1
    if round >= allowed then
      round = 0
      if most == 0 or allowed < most then keep('allowed', allowed + 1) end
    end
    keep('round', round)
  elseif outcome == 'busy' then
    keep('round', 0)
    keep('allowed', math.max(1, math.floor(allowed / 2)))
  end
elseif act == 'leave' then
  redis.call('HDEL', members, me)
end
return answer(0, '')
