#include "metrics/collector.h"

#include <algorithm>
#include <array>

namespace lvslab::metrics {
namespace {

// By lvs::Method's numbers, in the words of the scenario language.
constexpr std::array<std::string_view, 6> kModes = {"nat", "local",  "tun",
                                                    "dr",  "bypass", "fullnat"};

wire::Endpoint endpoint(std::uint32_t address, std::uint32_t port) {
  return {{address}, static_cast<std::uint16_t>(port)};
}

}  // namespace

Collector::Collector(const trace::Scene& scene) : rows_(scene.traffics.size()) {}

ConnectionRow& Collector::row(const Tag& tag) {
  auto& rows = rows_[tag.traffic - 1];
  if (rows.size() < tag.connection) rows.resize(tag.connection);
  ConnectionRow& r = rows[tag.connection - 1];
  if (r.number == 0) {
    r.traffic = tag.traffic;
    r.number = tag.connection;
  }
  return r;
}

// Requests of a connection come one after the other, so the one wanted is near the end of its
// chain.
RequestRow& Collector::request_row(const Tag& tag) {
  ConnectionRow& r = row(tag);
  for (std::uint32_t i = r.last_request; i != ConnectionRow::kNoRequest;
       i = requests_[i].previous) {
    if (requests_[i].request == tag.request) return requests_[i];
  }
  requests_.push_back({.traffic = tag.traffic,
                       .connection = tag.connection,
                       .request = tag.request,
                       .previous = r.last_request});
  r.last_request = static_cast<std::uint32_t>(requests_.size() - 1);
  return requests_.back();
}

void Collector::on_record(const Record& record) {
  if (record.kind != RecordKind::kNote) return;
  const Note& note = record.note;
  if (note.tag.traffic == 0 || note.tag.traffic > rows_.size() || note.tag.connection == 0) return;
  switch (note.kind) {
    case NoteKind::kIpvsPicked:
    case NoteKind::kStateIpvsConnection:
      return on_director(record);
    case NoteKind::kAppServed:
    case NoteKind::kAppServerReply:
      return on_server(record);
    default:
      if (note.kind >= NoteKind::kAppIntended && note.kind <= NoteKind::kAppClosed)
        on_client(record);
  }
}

void Collector::on_client(const Record& record) {
  const Note& note = record.note;
  ConnectionRow& r = row(note.tag);
  switch (note.kind) {
    case NoteKind::kAppIntended:
      r.client_node = record.node;
      r.protocol = static_cast<std::uint8_t>(note.z);
      r.service = endpoint(note.a, note.x);
      r.intended = record.time;
      break;
    case NoteKind::kAppOpened:
      r.client = endpoint(note.a, note.x);
      if (r.opened.is_never()) r.opened = record.time;
      break;
    case NoteKind::kAppEstablished:
      r.established = record.time;
      break;
    case NoteKind::kAppRequestSent: {
      RequestRow& request = request_row(note.tag);
      request.intended = Instant::at(Duration::picoseconds(static_cast<std::int64_t>(note.m)));
      request.sent = record.time;
      ++r.requests;
      break;
    }
    case NoteKind::kAppFirstByte:
      if (r.first_byte.is_never()) r.first_byte = record.time;
      request_row(note.tag).first_byte = record.time;
      break;
    case NoteKind::kAppReply: {
      RequestRow& request = request_row(note.tag);
      request.last_byte = record.time;
      if (request.real_server == kNoNode) request.real_server = r.real_server;
      ++r.replies;
      break;
    }
    case NoteKind::kAppClosed:
      r.closed = record.time;
      r.status = std::string(note.word);
      r.bytes_up = note.v;
      r.bytes_down = note.m;
      r.retransmissions = note.x;
      r.ipvs_state = r.ipvs_now;
      r.done = true;
      break;
    default:
      break;
  }
}

void Collector::on_director(const Record& record) {
  const Note& note = record.note;
  ConnectionRow& r = row(note.tag);
  if (note.kind == NoteKind::kIpvsPicked) {
    r.director = record.node;
    r.scheduler = std::string(note.word);
    r.real = endpoint(note.a, note.x);
    return;
  }
  if (const std::uint64_t method = note.v & 0xffff; method < kModes.size())
    r.mode = std::string(kModes[method]);
  if (note.v >> 32 != 0) {
    r.local = endpoint(static_cast<std::uint32_t>(note.v >> 32),
                       static_cast<std::uint32_t>(note.v >> 16) & 0xffff);
  }
  r.ipvs_now = std::string(note.word);
  if (!r.done) r.ipvs_state = r.ipvs_now;
}

void Collector::on_server(const Record& record) {
  ConnectionRow& r = row(record.note.tag);
  r.real_server = record.node;
  if (record.note.kind == NoteKind::kAppServerReply && record.note.tag.request != 0) {
    request_row(record.note.tag).real_server = record.node;
  }
}

std::vector<const ConnectionRow*> Collector::connections() const {
  std::vector<const ConnectionRow*> list;
  for (const auto& rows : rows_) {
    for (const ConnectionRow& r : rows) {
      if (r.number != 0 && !r.intended.is_never()) list.push_back(&r);
    }
  }
  std::sort(list.begin(), list.end(), [](const ConnectionRow* a, const ConnectionRow* b) {
    if (a->intended != b->intended) return a->intended < b->intended;
    return a->traffic != b->traffic ? a->traffic < b->traffic : a->number < b->number;
  });
  return list;
}

const ConnectionRow* Collector::find(std::uint32_t traffic, std::uint32_t number) const {
  if (traffic == 0 || traffic > rows_.size() || number == 0 || number > rows_[traffic - 1].size())
    return nullptr;
  const ConnectionRow& r = rows_[traffic - 1][number - 1];
  return r.number == 0 ? nullptr : &r;
}

}  // namespace lvslab::metrics
