// The recording's tables. A run is a sequence of turns: one node handed one frame, or woken. What
// happened in a turn stands in its row as a JSON list in order, since a row for each thing would
// cost ten times as much; the bytes of every frame stand once, in the row of its sending. The views
// `events`, `frames` and `notes` unfold this, one row for each thing seen; give them a range of
// `turn` (turns are numbered in order of time). An event's id is its turn * 2^20 + its place in the
// turn, place 0 being the frame that arrived.
//
// An element of `log` is 0 or 1 for a frame seen leaving or arriving, 2 for a command (in
// `console`), or a note: [kind, packet, word, x, a, m, y, b, z, v, traffic, connection, request]
// without what is 0 at its end. kind + 1000: a link lost the packet. packet -1: the turn's. The
// last three are missing where they are the turn's (a note about a packet) or 0 (a note about
// none). What the numbers of a kind mean: base/note.h. The first frame that leaves in a turn stands
// in its row
// (`place`, `out`, `zeros`, `bytes`), further ones in `sent`, without bytes if they are the same.
// `frame` is the event in which the frame that arrived was sent. `arp_owners`: who each host
// believed to own each address, and when (mac NULL: nobody). `names`: what the scenario calls
// addresses.
#pragma once

namespace lvslab::trace {

inline constexpr int kPlaceBits = 20;  ///< of an event's id
inline constexpr int kLostBase = 1000;

inline constexpr char kRecordingSchema[] = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE scenario(text TEXT);
CREATE TABLE nodes(node INTEGER PRIMARY KEY, name TEXT, role TEXT, is_switch INTEGER);
CREATE TABLE interfaces(node INTEGER, interface INTEGER, name TEXT, mac TEXT, raw_ip INTEGER);
CREATE TABLE links(link INTEGER PRIMARY KEY, name TEXT, node_a INTEGER, interface_a INTEGER,
  node_b INTEGER, interface_b INTEGER);
CREATE TABLE traffics(traffic INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE names(address TEXT, name TEXT);
CREATE TABLE note_kinds(kind INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE words(word INTEGER PRIMARY KEY, text TEXT);
CREATE TABLE turns(id INTEGER PRIMARY KEY, cause INTEGER, t INTEGER, node INTEGER, interface INTEGER,
  frame INTEGER, packet INTEGER, traffic INTEGER, connection INTEGER, request INTEGER, log TEXT,
  place INTEGER, out INTEGER, zeros INTEGER, bytes BLOB);
CREATE TABLE sent(id INTEGER PRIMARY KEY, interface INTEGER, packet INTEGER, parent INTEGER,
  zeros INTEGER, bytes BLOB);
CREATE TABLE state(event INTEGER, node INTEGER, tbl TEXT, key TEXT, value TEXT);
CREATE TABLE keyframes(event INTEGER, t INTEGER);
CREATE TABLE connections(traffic INTEGER, connection INTEGER, event INTEGER, what TEXT, detail TEXT);
CREATE TABLE requests(traffic INTEGER, connection INTEGER, request INTEGER, event INTEGER, what TEXT,
  bytes INTEGER);
CREATE TABLE series(t REAL, real_server TEXT);
CREATE TABLE console(event INTEGER, t INTEGER, node INTEGER, command TEXT, status INTEGER, stdout TEXT,
  stderr TEXT, place TEXT);
CREATE TABLE findings(id TEXT, severity TEXT, place TEXT, summary TEXT, host TEXT, symptom TEXT,
  cure TEXT, waived TEXT, seen TEXT, gone TEXT);
CREATE TABLE expectations(place TEXT, kind TEXT, passed INTEGER, expected TEXT, actual TEXT);
CREATE VIEW arp_owners AS
  SELECT node, interface, address, mac, t AS since, lead(t) OVER w AS until FROM (
    SELECT node, interface, address, mac, t, turn, event FROM (
      SELECT s.node, substr(s.key, 1, instr(s.key, ' ') - 1) AS interface,
        substr(s.key, instr(s.key, ' ') + 1) AS address,
        iif(s.value LIKE '__:__:__:__:__:__ %', substr(s.value, 1, 17), NULL) AS mac,
        t.t, t.id AS turn, s.rowid AS event,
        lag(iif(s.value LIKE '__:__:__:__:__:__ %', substr(s.value, 1, 17), NULL))
          OVER (PARTITION BY s.node, s.key ORDER BY s.rowid) AS before
      FROM state s JOIN turns t ON t.id = s.event >> 20 WHERE s.tbl = 'neighbours')
    WHERE mac IS NOT before)
  WINDOW w AS (PARTITION BY node, interface, address ORDER BY turn, event);
CREATE VIEW notes AS SELECT n.*, k.name AS kind, coalesce(w.text, '') AS word FROM (
  SELECT (t.id << 20) + j.key + 1 AS event, t.id AS turn, t.t, t.node,
    j.value ->> 0 AS number,
    CASE j.value ->> 1 WHEN -1 THEN t.packet ELSE coalesce(j.value ->> 1, 0) END AS packet,
    coalesce(j.value ->> 2, 0) AS word_id,
    coalesce(j.value ->> 4, 0) AS a, coalesce(j.value ->> 7, 0) AS b,
    coalesce(j.value ->> 3, 0) AS x, coalesce(j.value ->> 6, 0) AS y,
    coalesce(j.value ->> 8, 0) AS z, coalesce(j.value ->> 5, 0) AS m,
    coalesce(j.value ->> 9, 0) AS v,
    coalesce(j.value ->> 10, CASE coalesce(j.value ->> 1, 0) WHEN 0 THEN 0 ELSE t.traffic END) AS traffic,
    coalesce(j.value ->> 11, CASE coalesce(j.value ->> 1, 0) WHEN 0 THEN 0 ELSE t.connection END)
      AS connection
  FROM turns t, json_each(t.log) j WHERE j.type = 'array') n
  JOIN note_kinds k ON k.kind = n.number % 1000 LEFT JOIN words w ON w.word = n.word_id;
CREATE VIEW all_sent AS
  SELECT (id << 20) + place AS id, out AS interface, packet, 0 AS parent, zeros, bytes FROM turns
    WHERE place <> 0
  UNION ALL
  SELECT s.id, s.interface, s.packet, s.parent, s.zeros, coalesce(s.bytes, t.bytes)
    FROM sent s JOIN turns t ON t.id = s.id >> 20;
CREATE VIEW frames AS
  SELECT t.id << 20 AS event, t.id AS turn, t.t, t.node, t.interface, 'in' AS dir,
    coalesce(s.packet, o.packet) AS packet, coalesce(s.parent, 0) AS parent,
    coalesce(s.zeros, o.zeros) AS zeros, coalesce(s.bytes, o.bytes) AS bytes
    FROM turns t JOIN turns o ON o.id = t.frame >> 20 LEFT JOIN sent s ON s.id = t.frame
    WHERE t.frame <> 0
  UNION ALL
  SELECT a.id, t.id, t.t, t.node, a.interface,
    CASE t.log ->> ((a.id & 1048575) - 1) WHEN 1 THEN 'in' ELSE 'out' END, a.packet, a.parent,
    a.zeros, a.bytes FROM all_sent a JOIN turns t ON t.id = a.id >> 20;
CREATE VIEW events AS
  SELECT id << 20 AS id, id AS turn, cause, t, node, 0 AS kind, packet AS ref, interface, traffic,
    connection FROM turns WHERE frame <> 0
  UNION ALL
  SELECT (t.id << 20) + j.key + 1, t.id, t.cause, t.t, t.node,
    CASE WHEN j.type = 'integer' THEN CASE j.value WHEN 0 THEN 1 WHEN 1 THEN 0 ELSE 4 END
      WHEN j.value ->> 0 >= 1000 THEN 3 ELSE 2 END,
    CASE WHEN j.type = 'integer' THEN coalesce(s.packet, iif(t.place = j.key + 1, t.packet, 0))
      WHEN j.value ->> 1 = -1 THEN t.packet ELSE coalesce(j.value ->> 1, 0) END,
    coalesce(s.interface, iif(t.place = j.key + 1, t.out, NULL)), t.traffic, t.connection
  FROM turns t JOIN json_each(t.log) j LEFT JOIN sent s ON s.id = (t.id << 20) + j.key + 1;
)sql";

}  // namespace lvslab::trace
