-- Agents that are asked and do not come: what /manage/add said of them. Proxies are JSON.
CREATE TABLE classic_hosts (
  group_name   TEXT NOT NULL,
  ip           TEXT NOT NULL,
  port         INTEGER NOT NULL,
  hostname     TEXT NOT NULL,
  proxies      TEXT NOT NULL,
  host_prefix  TEXT NOT NULL,     -- of an Auto Scaling group, whose name is the ip
  aliases      INTEGER NOT NULL,  -- 0: no Auto Scaling group
  added_at     BIGINT NOT NULL,
  PRIMARY KEY (group_name, ip, port)
);

-- The key that the first agent of a way has shown first, SHA-256 in hexadecimal digits.
CREATE TABLE classic_keys (
  host     TEXT NOT NULL,
  port     INTEGER NOT NULL,
  pin      TEXT NOT NULL,
  seen_at  BIGINT NOT NULL,
  PRIMARY KEY (host, port)
);
