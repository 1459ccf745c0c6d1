#include "metrics/collector.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/check.h"

namespace lvslab::metrics {
namespace {

// By lvs::Method's numbers, in the words of the scenario language.
constexpr std::array<std::string_view, 6> kModes = {"nat", "local",  "tun",
                                                    "dr",  "bypass", "fullnat"};

wire::Endpoint endpoint(std::uint32_t address, std::uint32_t port) {
  return {{address}, static_cast<std::uint16_t>(port)};
}

std::uint64_t packed(const wire::Endpoint& end) {
  return (std::uint64_t{end.address.value} << 16) | end.port;
}

wire::Endpoint unpacked(std::uint64_t end) {
  return endpoint(static_cast<std::uint32_t>(end >> 16), static_cast<std::uint32_t>(end & 0xffff));
}

std::uint32_t take_place(std::vector<std::uint32_t>& free, std::size_t size) {
  if (free.empty()) return static_cast<std::uint32_t>(size);
  const std::uint32_t place = free.back();
  free.pop_back();
  return place;
}

}  // namespace

std::uint8_t WordList::number(std::string_view word) {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (words_[i] == word) return static_cast<std::uint8_t>(i);
  }
  LVSLAB_CHECK(words_.size() < 256);
  words_.push_back(word);
  return static_cast<std::uint8_t>(words_.size() - 1);
}

Collector::Collector(const trace::Scene& scene, std::size_t kept)
    : kept_(kept), windows_(scene.traffics.size()), traffics_(scene.traffics.size()) {}

// --- rows -------------------------------------------------------------------------------------

std::uint32_t Collector::slot_of(std::uint32_t traffic, std::uint32_t number) const {
  if (traffic == 0 || traffic > windows_.size()) return kUnused;
  const Window& window = windows_[traffic - 1];
  if (number < window.first) return kForgotten;
  const std::size_t at = number - window.first;
  return at < window.slots.size() ? window.slots[at] : kUnused;
}

ConnectionRow* Collector::row(const Tag& tag) {
  const std::uint32_t known = slot_of(tag.traffic, tag.connection);
  if (known == kForgotten) return nullptr;
  if (known != kUnused) return &rows_[known];
  Window& window = windows_[tag.traffic - 1];
  const std::size_t at = tag.connection - window.first;
  if (at >= window.slots.size()) window.slots.resize(at + 1, kUnused);
  const std::uint32_t slot = take_place(free_rows_, rows_.size());
  if (slot == rows_.size()) rows_.emplace_back();
  window.slots[at] = slot;
  ConnectionRow& r = rows_[slot];
  r = {};
  r.words = &words_;
  r.status_word = open_word_;
  r.traffic = tag.traffic;
  r.number = tag.connection;
  return &r;
}

// Requests of a connection come one after the other, so the one wanted is near the end of its
// chain.
RequestRow& Collector::request_row(ConnectionRow& r, const Tag& tag) {
  for (std::uint32_t i = r.last_request; i != ConnectionRow::kNoRequest;
       i = requests_[i].previous) {
    if (requests_[i].request == tag.request) return requests_[i];
  }
  const std::uint32_t place = take_place(free_requests_, requests_.size());
  if (place == requests_.size()) requests_.emplace_back();
  requests_[place] = {.request = tag.request, .previous = r.last_request};
  r.last_request = place;
  return requests_[place];
}

std::vector<const RequestRow*> Collector::requests(const ConnectionRow& row) const {
  std::vector<const RequestRow*> list;
  for (std::uint32_t i = row.last_request; i != ConnectionRow::kNoRequest;
       i = requests_[i].previous) {
    list.push_back(&requests_[i]);
  }
  std::sort(list.begin(), list.end(),
            [](const RequestRow* a, const RequestRow* b) { return a->request < b->request; });
  return list;
}

std::vector<const ConnectionRow*> Collector::connections() const {
  std::vector<const ConnectionRow*> list;
  list.reserve(started_.size());
  for (const std::uint32_t slot : started_) list.push_back(&rows_[slot]);
  return list;
}

const ConnectionRow* Collector::find(std::uint32_t traffic, std::uint32_t number) const {
  const std::uint32_t slot = number == 0 ? kUnused : slot_of(traffic, number);
  return slot == kUnused || slot == kForgotten ? nullptr : &rows_[slot];
}

/// Records come in order of time, so a start belongs at the end, or a little before it among those
/// of the same moment.
void Collector::start(std::uint32_t slot) {
  started_.push_back(slot);
  for (std::size_t i = started_.size() - 1; i > 0 && before(slot, started_[i - 1]); --i)
    std::swap(started_[i], started_[i - 1]);
}

bool Collector::before(std::uint32_t a, std::uint32_t b) const {
  const ConnectionRow& x = rows_[a];
  const ConnectionRow& y = rows_[b];
  return std::tie(x.intended, x.traffic, x.number) < std::tie(y.intended, y.traffic, y.number);
}

void Collector::forget_done(Instant now) {
  while (started_.size() > kept_ && rows_[started_.front()].intended < now) {
    const std::uint32_t slot = started_.front();
    if (!rows_[slot].done) return;
    started_.pop_front();
    forget(slot);
  }
}

void Collector::forget(std::uint32_t slot) {
  ConnectionRow& r = rows_[slot];
  if (sink_ != nullptr) sink_->take(r, requests(r));
  tally(tallies_[key_of(r)], r, r.closed);
  for (std::uint32_t i = r.last_request; i != ConnectionRow::kNoRequest;
       i = requests_[i].previous) {
    free_requests_.push_back(i);
  }
  Window& window = windows_[r.traffic - 1];
  window.slots[r.number - window.first] = kForgotten;
  while (!window.slots.empty() && window.slots.front() == kForgotten) {
    window.slots.pop_front();
    ++window.first;
  }
  free_rows_.push_back(slot);
  ++forgotten_;
}

// --- what is reported -------------------------------------------------------------------------

void Collector::on_record(const Record& record) {
  if (record.kind != RecordKind::kNote) return;
  const Note& note = record.note;
  if (note.tag.traffic == 0 || note.tag.traffic > windows_.size() || note.tag.connection == 0)
    return;
  const bool director =
      note.kind == NoteKind::kIpvsPicked || note.kind == NoteKind::kStateIpvsConnection;
  const bool server = note.kind == NoteKind::kAppServed || note.kind == NoteKind::kAppServerReply;
  const bool client = note.kind >= NoteKind::kAppIntended && note.kind <= NoteKind::kAppClosed;
  if (!director && !server && !client) return;
  if (series_.moves(record.time)) turn_bin(record.time);
  if (note.kind == NoteKind::kAppServerReply && note.z != 0) meter_.answered(record, series_);
  if (note.kind == NoteKind::kAppServed && note.y == 1) meter_.came(record, series_);
  if (note.kind == NoteKind::kAppServed && note.y == 2) return meter_.given_up(record, series_);
  ConnectionRow* r = row(note.tag);
  if (r == nullptr) return;
  if (director) return on_director(record, *r);
  if (server) return on_server(record, *r);
  on_client(record, *r);
}

void Collector::advance(Flow& flow, Instant now) {
  flow.under_way += static_cast<__int128>((now - flow.changed).ps()) *
                    static_cast<__int128>(flow.started - flow.ended);
  flow.changed = now;
}

void Collector::on_client(const Record& record, ConnectionRow& r) {
  const Note& note = record.note;
  Flow& flow = traffics_[r.traffic - 1];
  switch (note.kind) {
    case NoteKind::kAppIntended:
      r.client_node = record.node;
      r.protocol = static_cast<std::uint8_t>(note.z);
      r.service = endpoint(note.a, note.x);
      r.intended = record.time;
      start(slot_of(r.traffic, r.number));
      advance(flow, record.time);
      ++flow.started;
      forget_done(record.time);  // `r` is not done
      break;
    case NoteKind::kAppOpened:
      r.client = endpoint(note.a, note.x);
      r.picked = false;
      if (!r.opened.is_never()) break;
      r.opened = record.time;
      flow.peak = std::max(flow.peak, ++flow.now);
      break;
    case NoteKind::kAppEstablished:
      r.established = record.time;
      break;
    case NoteKind::kAppRequestSent: {
      RequestRow& request = request_row(r, note.tag);
      if (request.sent.is_never()) ++flow.sent;
      request.intended = Instant::at(Duration::picoseconds(static_cast<std::int64_t>(note.m)));
      request.sent = record.time;
      ++r.requests;
      break;
    }
    case NoteKind::kAppFirstByte:
      if (r.first_byte.is_never()) r.first_byte = record.time;
      request_row(r, note.tag).first_byte = record.time;
      break;
    case NoteKind::kAppReply:
      on_reply(record, r);
      break;
    case NoteKind::kAppClosed:
      on_closed(record, r);
      break;
    default:
      break;
  }
}

void Collector::on_reply(const Record& record, ConnectionRow& r) {
  RequestRow& request = request_row(r, record.note.tag);
  const bool again = request.answered();  // a retry asked once more
  request.last_byte = record.time;
  if (request.real_server == kNoNode) request.real_server = r.real_server;
  ++r.replies;
  if (again || request.intended.is_never()) return;
  const std::int64_t latency = (record.time - request.intended).ps();
  traffics_[r.traffic - 1].latency.add(latency);
  if (request.real_server == kNoNode) return;
  servers_[request.real_server].latency.add(latency);
  series_.now_at(request.real_server).add_latency(latency);
}

void Collector::on_closed(const Record& record, ConnectionRow& r) {
  const Note& note = record.note;
  r.closed = record.time;
  r.status_word = words_.number(note.word);
  r.bytes_up = note.v;
  r.bytes_down = note.m;
  r.retransmissions = note.x;
  r.state_word = r.now_word;
  if (r.done || r.intended.is_never()) return;
  r.done = true;
  Flow& flow = traffics_[r.traffic - 1];
  advance(flow, record.time);
  ++flow.ended;
  if (!r.opened.is_never()) --flow.now;
  if (r.real_server == kNoNode) return;
  if (!r.opened.is_never()) --servers_[r.real_server].now;
  Bin& bin = series_.now_at(r.real_server);
  bin.bytes_in += r.bytes_up;
  bin.bytes_out += r.bytes_down;
}

void Collector::on_director(const Record& record, ConnectionRow& r) {
  const Note& note = record.note;
  if (note.kind == NoteKind::kIpvsPicked) {
    const wire::Endpoint real = endpoint(note.a, note.x);
    if (r.picked && !r.done && r.real != real) r.moved = true;
    r.picked = true;
    r.director = record.node;
    r.scheduler_word = words_.number(note.word);
    r.real = real;
    return;
  }
  if (const std::uint64_t method = note.v & 0xffff; method < kModes.size())
    r.mode_word = words_.number(kModes[method]);
  if (note.v >> 32 != 0) {
    r.local = endpoint(static_cast<std::uint32_t>(note.v >> 32),
                       static_cast<std::uint32_t>(note.v >> 16) & 0xffff);
  }
  r.now_word = words_.number(note.word);
  if (!r.done) r.state_word = r.now_word;
}

void Collector::on_server(const Record& record, ConnectionRow& r) {
  served_by(r, record.node);
  if (record.note.kind == NoteKind::kAppServerReply && record.note.tag.request != 0)
    request_row(r, record.note.tag).real_server = record.node;
}

void Collector::served_by(ConnectionRow& r, NodeIndex node) {
  if (r.real_server == node) return;
  const bool open = !r.opened.is_never() && !r.done;
  if (open && r.real_server != kNoNode) --servers_[r.real_server].now;
  r.real_server = node;
  Flow& flow = servers_[node];
  if (open) flow.peak = std::max(flow.peak, ++flow.now);
}

// --- time -------------------------------------------------------------------------------------

/// What directors count if they count it, else what clients have open.
void Collector::turn_bin(Instant now) {
  std::map<NodeIndex, Series::Level> levels;
  if (probe_) levels = probe_();
  for (const auto& [node, flow] : servers_) {
    const auto counted = levels.find(node);
    Series::Level level;
    if (counted != levels.end())
      level = counted->second;
    else
      level.active = static_cast<std::uint32_t>(flow.now);
    const LoadMeter::Total total = meter_.total(node);
    level.queue = static_cast<std::uint32_t>(total.present - total.busy);
    series_.end_levels(node, level);
  }
  series_.go_to(now);
}

void Collector::finish(Instant now) {
  turn_bin(now);
  turn_bin(now);  // the bin at hand has not ended, but nothing comes after it
  meter_.advance_all(now, series_);
  for (Flow& flow : traffics_) advance(flow, now);
  if (sink_ == nullptr) return;
  for (const std::uint32_t slot : started_) {
    const ConnectionRow& r = rows_[slot];
    sink_->take(r, requests(r));
  }
}

// --- sums -------------------------------------------------------------------------------------

void Tally::add(const Tally& other) {
  connections += other.connections;
  replies += other.replies;
  bytes_up += other.bytes_up;
  bytes_down += other.bytes_down;
  retransmissions += other.retransmissions;
  moved += other.moved;
  for (const auto& [word, count] : other.status) status[word] += count;
  unanswered += other.unanswered;
  outstanding += other.outstanding;
  open_time += other.open_time;
  time += other.time;
}

std::uint64_t Tally::with(std::string_view word) const {
  const auto found = status.find(word);
  return found == status.end() ? 0 : found->second;
}

void Collector::tally(Tally& into, const ConnectionRow& r, Instant now) const {
  const Instant end = r.done ? r.closed : now;
  ++into.connections;
  into.replies += r.replies;
  into.bytes_up += r.bytes_up;
  into.bytes_down += r.bytes_down;
  into.retransmissions += r.retransmissions;
  into.moved += r.moved ? 1 : 0;
  ++into.status[r.status()];
  if (!r.opened.is_never()) into.open_time += (end - r.opened).ps();
  into.time += (end - r.intended).ps();
  for (std::uint32_t i = r.last_request; i != ConnectionRow::kNoRequest;
       i = requests_[i].previous) {
    if (requests_[i].sent.is_never() || requests_[i].answered()) continue;
    ++(r.done ? into.unanswered : into.outstanding);
  }
}

Collector::GroupKey Collector::key_of(const ConnectionRow& row) {
  return {row.traffic, row.real_server, packed(row.real), packed(row.service)};
}

std::vector<Group> Collector::groups(Instant now) const {
  std::map<GroupKey, Tally> all = tallies_;
  for (const std::uint32_t slot : started_) {
    const ConnectionRow& r = rows_[slot];
    tally(all[key_of(r)], r, now);
  }
  std::vector<Group> list;
  for (auto& [key, sums] : all) {
    const auto& [traffic, node, real, service] = key;
    list.push_back({traffic, node, unpacked(real), unpacked(service), std::move(sums)});
  }
  return list;
}

}  // namespace lvslab::metrics
