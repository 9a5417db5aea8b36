-- Answers with the site's maintenance page, which its map has in parts. Without Lua a page could neither be changed at run time and keep its line
-- ends, nor be longer than one of HAProxy's buffers.
local map = Map.new("@MAP@", Map._int)

core.register_service("@SITE@-maintenance", "http", function(applet)
  local retry, count = (map:lookup("4000000") or ""):match("^(%d+) (%d+)$")
  local parts, size = {}, 0
  for i = 1, tonumber(count or 0) do
    parts[i] = applet.c:b64dec(map:lookup(tostring(4000000 + i)) or "")
    size = size + #parts[i]
  end
  applet:set_status(503, "Service Unavailable")
  applet:add_header("content-type", "text/html; charset=utf-8")
  applet:add_header("content-length", tostring(size))
  applet:add_header("retry-after", retry or "60")
  applet:add_header("cache-control", "no-store")
  applet:start_response()
  if applet.method ~= "HEAD" then
    for i = 1, #parts do
      applet:send(parts[i])
    end
  end
end)
