// The recording's tables. `events` number the turns of the run and what was seen in them; `ref` is
// the packet (frames), the note's row, or 0. Header changes are not stored: they are computed from
// `frames` of one packet at one node.
#pragma once

namespace lvslab::trace {

inline constexpr char kRecordingSchema[] = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE scenario(text TEXT);
CREATE TABLE nodes(node INTEGER PRIMARY KEY, name TEXT, role TEXT, is_switch INTEGER);
CREATE TABLE interfaces(node INTEGER, interface INTEGER, name TEXT, mac TEXT, raw_ip INTEGER);
CREATE TABLE links(link INTEGER PRIMARY KEY, name TEXT, node_a INTEGER, interface_a INTEGER,
  node_b INTEGER, interface_b INTEGER);
CREATE TABLE events(id INTEGER PRIMARY KEY, turn INTEGER, cause INTEGER, t INTEGER, node INTEGER,
  kind INTEGER, ref INTEGER, interface INTEGER, traffic INTEGER, connection INTEGER);
CREATE TABLE frames(event INTEGER PRIMARY KEY, packet INTEGER, parent INTEGER, zeros INTEGER,
  same_as INTEGER, bytes BLOB);
CREATE TABLE notes(event INTEGER PRIMARY KEY, packet INTEGER, kind TEXT, a INTEGER, b INTEGER,
  x INTEGER, y INTEGER, z INTEGER, m INTEGER, v INTEGER, word TEXT);
CREATE TABLE state(event INTEGER, node INTEGER, tbl TEXT, key TEXT, value TEXT);
CREATE TABLE keyframes(event INTEGER, t INTEGER);
CREATE TABLE connections(traffic INTEGER, connection INTEGER, event INTEGER, what TEXT, detail TEXT);
CREATE TABLE requests(traffic INTEGER, connection INTEGER, request INTEGER, event INTEGER, what TEXT,
  bytes INTEGER);
CREATE TABLE series(t REAL, real_server TEXT);
CREATE TABLE console(event INTEGER, t INTEGER, node INTEGER, command TEXT, status INTEGER, stdout TEXT,
  stderr TEXT, place TEXT);
CREATE TABLE findings(id TEXT, severity TEXT, place TEXT, summary TEXT);
CREATE TABLE expectations(place TEXT, kind TEXT, passed INTEGER, expected TEXT, actual TEXT);
CREATE VIEW frame_bytes AS SELECT f.event, f.packet, f.parent, f.zeros, coalesce(f.bytes, o.bytes) AS bytes
  FROM frames f LEFT JOIN frames o ON o.event = f.same_as;
)sql";

}  // namespace lvslab::trace
