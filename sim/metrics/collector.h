// Connections and requests as the apps report them, joined with what the director picked: the
// source of connections.csv, requests.csv, series.csv, summary figures and most expectations.
//
// Figures are made as records come. Rows of single connections are kept while there are few; beyond
// `kept` those that are done are handed to the sink, in order of intended start, and forgotten, so
// memory follows what is under way and not the length of the run.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/chunks.h"
#include "base/record.h"
#include "metrics/histogram.h"
#include "metrics/load_meter.h"
#include "metrics/series.h"
#include "trace/scene.h"

namespace lvslab::metrics {

struct RequestRow {
  std::uint32_t request = 0;  ///< 1-based within its connection
  Instant intended = Instant::never(), sent = Instant::never(), first_byte = Instant::never(),
          last_byte = Instant::never();
  NodeIndex real_server = kNoNode;
  std::uint32_t previous = 0xffffffff;  ///< request of the same connection before this one
  bool answered() const { return !last_byte.is_never(); }
};

/// The words that rows hold, each once and by number: there are few, and rows may be millions. They
/// are the apps' and the directors' own, which live as long as the lab.
class WordList {
 public:
  std::uint8_t number(std::string_view word);
  std::string_view at(std::uint8_t number) const { return words_[number]; }

 private:
  std::vector<std::string_view> words_ = {""};
};

struct ConnectionRow {
  static constexpr std::uint32_t kNoRequest = 0xffffffff;
  std::string_view scheduler() const { return words->at(scheduler_word); }
  std::string_view mode() const { return words->at(mode_word); }
  std::string_view status() const { return words->at(status_word); }
  /// Of the entry when the client was done.
  std::string_view ipvs_state() const { return words->at(state_word); }

  const WordList* words = nullptr;
  std::uint32_t traffic = 0, number = 0;
  std::uint8_t scheduler_word = 0, mode_word = 0, status_word = 0, state_word = 0;
  std::uint8_t now_word = 0;  ///< of the entry at the last change
  std::uint8_t protocol = 6;
  bool done = false;
  bool picked = false;  ///< since it was last opened
  bool moved = false;   ///< directors picked different servers for it while it was open
  NodeIndex client_node = kNoNode;
  wire::Endpoint client, service;
  NodeIndex director = kNoNode;     ///< who picked; kNoNode: nobody
  NodeIndex real_server = kNoNode;  ///< who served (accepted, or answered)
  wire::Endpoint real, local;       ///< RIP:rport picked, LIP:lport
  Instant intended = Instant::never(), opened = Instant::never(), established = Instant::never(),
          first_byte = Instant::never(), closed = Instant::never();
  std::uint32_t requests = 0, replies = 0;
  std::uint64_t bytes_up = 0, bytes_down = 0;
  std::uint32_t retransmissions = 0;
  std::uint32_t last_request = kNoRequest;
};
static_assert(sizeof(ConnectionRow) <= 152);

/// Sums over connections.
struct Tally {
  std::uint64_t connections = 0, replies = 0, bytes_up = 0, bytes_down = 0, retransmissions = 0;
  std::map<std::string_view, std::uint64_t> status;  ///< "completed" ... -> how many
  std::uint64_t moved = 0;  ///< connections that directors gave to one server, then to another
  std::uint64_t unanswered = 0, outstanding = 0;  ///< requests of connections done, of others
  __int128 open_time = 0;                         ///< from the first packet to the end, ps
  __int128 time = 0;                              ///< from the intended start to the end, ps
  void add(const Tally& other);
  std::uint64_t with(std::string_view word) const;
  std::uint64_t failed() const { return connections - with("completed") - with("open"); }
};

/// Connections of one traffic to one address that had the same server.
struct Group {
  std::uint32_t traffic = 0;
  NodeIndex real_server = kNoNode;  ///< who served
  wire::Endpoint real;              ///< whom the director picked
  wire::Endpoint service;           ///< whom the clients named
  Tally tally;
};

/// Connections under way, and requests' latencies.
struct Flow {
  Histogram latency;  ///< ps, from the intended start to the last byte
  std::uint64_t now = 0, peak = 0;
  std::uint64_t sent = 0;  ///< traffics only: requests
  __int128 under_way = 0;  ///< traffics only: area under the connections not yet done, ps
  std::uint64_t started = 0, ended = 0;
  Instant changed;
};

/// Takes finished connections, in order of intended start, with their requests in order.
class RowSink {
 public:
  virtual ~RowSink() = default;
  virtual void take(const ConnectionRow& row, const std::vector<const RequestRow*>& requests) = 0;
};

class Collector final : public Watcher {
 public:
  static constexpr std::size_t kKept = 100'000;

  explicit Collector(const trace::Scene& scene, std::size_t kept = kKept);
  void on_record(const Record& record) override;

  void set_sink(RowSink* sink) { sink_ = sink; }
  /// Active and inactive connections of each real server as the directors count them.
  using Probe = std::function<std::map<NodeIndex, Series::Level>()>;
  void set_probe(Probe probe) { probe_ = std::move(probe); }
  LoadMeter& meter() { return meter_; }
  /// The run is over: areas and levels up to `now`, the rest of the rows to the sink.
  void finish(Instant now);

  /// Rows kept, in order of intended start, then traffic, then number.
  std::vector<const ConnectionRow*> connections() const;
  /// How many are not kept any more.
  std::uint64_t forgotten() const { return forgotten_; }
  const ConnectionRow* find(std::uint32_t traffic, std::uint32_t number) const;
  /// Of a row that is kept, in order.
  std::vector<const RequestRow*> requests(const ConnectionRow& row) const;
  /// All connections, by traffic and server; those still open count until `now`.
  std::vector<Group> groups(Instant now) const;

  const std::vector<Flow>& traffics() const { return traffics_; }
  const std::map<NodeIndex, Flow>& servers() const { return servers_; }
  const LoadMeter& meter() const { return meter_; }
  const Series& series() const { return series_; }

 private:
  static constexpr std::uint32_t kUnused = 0xffffffff, kForgotten = 0xfffffffe;
  using GroupKey = std::tuple<std::uint32_t, NodeIndex, std::uint64_t, std::uint64_t>;
  static GroupKey key_of(const ConnectionRow& row);
  /// Where a traffic's rows are: slots_[number - first].
  struct Window {
    std::uint32_t first = 1;
    std::deque<std::uint32_t> slots;
  };
  bool before(std::uint32_t a, std::uint32_t b) const;  ///< slots of rows

  /// Null: done with long ago.
  ConnectionRow* row(const Tag& tag);
  RequestRow& request_row(ConnectionRow& row, const Tag& tag);
  void on_client(const Record& record, ConnectionRow& row);
  void on_closed(const Record& record, ConnectionRow& row);
  void on_reply(const Record& record, ConnectionRow& row);
  void on_director(const Record& record, ConnectionRow& row);
  void on_server(const Record& record, ConnectionRow& row);
  void served_by(ConnectionRow& row, NodeIndex node);
  void start(std::uint32_t slot);
  void forget_done(Instant now);
  void forget(std::uint32_t slot);
  void turn_bin(Instant now);
  static void advance(Flow& flow, Instant now);
  std::uint32_t slot_of(std::uint32_t traffic, std::uint32_t number) const;
  void tally(Tally& into, const ConnectionRow& row, Instant now) const;

  std::size_t kept_;
  RowSink* sink_ = nullptr;
  Probe probe_;
  WordList words_;
  std::uint8_t open_word_ = words_.number("open");
  Chunks<ConnectionRow, 256> rows_;
  std::vector<std::uint32_t> free_rows_;
  Chunks<RequestRow, 256> requests_;
  std::vector<std::uint32_t> free_requests_;
  std::vector<Window> windows_;        ///< by traffic - 1
  std::deque<std::uint32_t> started_;  ///< slots of rows kept, in order of intended start
  std::uint64_t forgotten_ = 0;
  std::map<GroupKey, Tally> tallies_;  ///< of rows forgotten
  std::vector<Flow> traffics_;         ///< by traffic - 1
  std::map<NodeIndex, Flow> servers_;
  LoadMeter meter_;
  Series series_;
};

}  // namespace lvslab::metrics
