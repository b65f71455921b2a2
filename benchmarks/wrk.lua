-- Post one body under a new delivery identifier each time.
local thread_number = 0
function setup(thread)
  thread:set("id", thread_number)
  thread_number = thread_number + 1
end

local file = io.open(os.getenv("REACTOR_BODY"), "rb")
local body = file:read("*a")
file:close()
local run = os.getenv("REACTOR_RUN")
local sent = 0

function init()
  wrk.method = "POST"
  wrk.body = body
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["X-Hub-Signature"] = os.getenv("REACTOR_SIGNATURE")
end

function request()
  sent = sent + 1
  wrk.headers["X-Atlassian-Webhook-Identifier"] = run .. "-" .. id .. "-" .. sent
  return wrk.format()
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "microseconds": %d, "p50": %f, "p99": %f, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
