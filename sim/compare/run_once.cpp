#include "compare/run_once.h"

#include <algorithm>
#include <map>
#include <queue>

#include "compare/statistics.h"
#include "fmt/format.h"
#include "report/internal.h"
#include "scenario/director_counts.h"
#include "trace/fanout.h"

namespace lvslab::compare {
namespace {

constexpr std::size_t kMostOfARun = 10;  ///< MSER-5 may cut one in so many requests

/// One request, or a connection without any.
struct Sample {
  Instant intended;
  std::int64_t latency = -1;  ///< ps; -1: not answered
};

/// One traffic's way from single requests to figures.
class TrafficMeter {
 public:
  void begin(std::optional<Instant> cut) {
    if (cut) decide(*cut);
  }

  void connection(const metrics::ConnectionRow& row, NodeIndex server) {
    connections_.push_back({row.intended, server, failed(row), row.status() == "open"});
    if (cut_) fold_connections();
  }

  void request(const Sample& sample) {
    last_ = std::max(last_, sample.intended);
    if (!cut_) {
      waiting_.push_back(sample);
      if (waiting_.size() >= kLooked) decide_by_mser();
      return;
    }
    fold(sample);
  }

  void finish() {
    if (!cut_) decide_by_mser();
    fold_connections();
    leave(last_);
  }

  TrafficFigures figures(Instant ready) const {
    TrafficFigures f;
    f.cut = std::max<std::int64_t>((*cut_ - ready).ps(), 0);
    f.cut_requests = left_out_;
    f.connections = connections_after_;
    f.failed = failed_;
    f.unsettled = open_;
    f.requests = latency_.count();
    f.mean = latency_.mean();
    f.p50 = latency_.percentile(500);
    f.p90 = latency_.percentile(900);
    f.p99 = latency_.percentile(990);
    f.p999 = latency_.percentile(999);
    f.max = latency_.max();
    const double window = (last_ - *cut_).in_seconds();
    if (window > 0) {
      const auto answers = static_cast<double>(latency_.count() + carried_in_) -
                           static_cast<double>(under_way_.size());
      f.rate = std::max(answers, 0.0) / window;
    }
    f.histogram = latency_.buckets();
    return f;
  }
  const std::map<NodeIndex, std::uint64_t>& servers() const { return servers_; }

 private:
  struct Start {
    Instant intended;
    NodeIndex server;
    bool failed, open;
  };
  static bool failed(const metrics::ConnectionRow& row) {
    return row.status() != "completed" && row.status() != "open";
  }

  void decide_by_mser() {
    // They come by connections; what settles does so over time.
    std::stable_sort(waiting_.begin(), waiting_.end(),
                     [](const Sample& a, const Sample& b) { return a.intended < b.intended; });
    std::vector<double> latencies;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
      if (waiting_[i].latency < 0) continue;
      latencies.push_back(static_cast<double>(waiting_[i].latency) * 1e-12);
      places.push_back(i);
    }
    const std::size_t cut = std::min(mser5(latencies), latencies.size() / kMostOfARun);
    Instant from;
    if (cut > 0)
      from = waiting_[places[cut]].intended;
    else if (!waiting_.empty())
      from = waiting_.front().intended;
    else if (!connections_.empty())
      from = connections_.front().intended;
    decide(from);
  }

  void decide(Instant cut) {
    cut_ = cut;
    for (const Sample& sample : waiting_) fold(sample);
    waiting_ = {};
    fold_connections();
  }

  void fold_connections() {
    for (const Start& start : connections_) {
      if (start.intended < *cut_) continue;
      ++connections_after_;
      failed_ += start.failed;
      open_ += start.open;
      if (start.server != kNoNode) ++servers_[start.server];
    }
    connections_.clear();
  }

  /// The rate counts answers from the cut to the last request: those to requests before the cut
  /// too, but not what is answered when no more requests come.
  void fold(const Sample& sample) {
    leave(sample.intended);
    const bool after = sample.intended >= *cut_;
    if (after && !entered_) {
      entered_ = true;
      carried_in_ = under_way_.size();
    }
    if (!after) ++left_out_;
    if (sample.latency < 0) return;
    under_way_.push(sample.intended + Duration::picoseconds(sample.latency));
    if (after) latency_.add(sample.latency);
  }
  void leave(Instant now) {
    while (!under_way_.empty() && under_way_.top() <= now) under_way_.pop();
  }

  std::optional<Instant> cut_;
  std::vector<Sample> waiting_;
  std::vector<Start> connections_;
  Instant last_;
  metrics::Histogram latency_;
  std::priority_queue<Instant, std::vector<Instant>, std::greater<>> under_way_;
  bool entered_ = false;
  std::uint64_t left_out_ = 0, carried_in_ = 0, connections_after_ = 0, failed_ = 0, open_ = 0;
  std::map<NodeIndex, std::uint64_t> servers_;
};

class Sink final : public metrics::RowSink {
 public:
  Sink(const scenario::Lab& lab, const RunHow& how)
      : lab_(lab), how_(how), meters_(lab.scene().traffics.size()) {}

  void take(const metrics::ConnectionRow& row,
            const std::vector<const metrics::RequestRow*>& requests) override {
    if (!begun_) begin();
    TrafficMeter& meter = meters_[row.traffic - 1];
    NodeIndex server = row.real_server;
    if (server == kNoNode && !row.real.address.is_zero())
      server = scenario::owner_of(lab_, row.real.address, owners_);
    meter.connection(row, server);
    for (const metrics::RequestRow* r : requests) {
      if (r->intended.is_never()) continue;
      meter.request({r->intended, r->answered() ? (r->last_byte - r->intended).ps() : -1});
    }
    if (how_.each) how_.each(lab_, row, requests);
  }

  std::vector<TrafficMeter>& meters() {
    if (!begun_) begin();
    return meters_;
  }

 private:
  void begin() {
    begun_ = true;
    for (std::size_t i = 0; i < meters_.size(); ++i) {
      std::optional<Instant> cut;
      if (how_.warm_up)
        cut = lab_.ready() + *how_.warm_up;
      else if (i < how_.cuts.size())
        cut = lab_.ready() + how_.cuts[i];
      meters_[i].begin(cut);
    }
  }
  const scenario::Lab& lab_;
  const RunHow& how_;
  std::vector<TrafficMeter> meters_;
  scenario::AddressOwners owners_;
  bool begun_ = false;
};

void count_servers(const scenario::Lab& lab, const metrics::Collector& collector,
                   const std::vector<TrafficMeter>& meters, RunFigures& run) {
  std::map<NodeIndex, std::uint64_t> counts;
  for (std::size_t host = 0; host < lab.host_count(); ++host) {
    if (lab.scenario().hosts[host].role == "real-server") counts[static_cast<NodeIndex>(host)];
  }
  std::uint64_t all = 0;
  for (const TrafficMeter& meter : meters) {
    for (const auto& [node, count] : meter.servers()) {
      counts[node] += count;
      all += count;
    }
  }
  const double seconds = lab.world().now().since_start().in_seconds();
  std::vector<double> loads;
  for (const auto& [node, count] : counts) {
    double busy = 0, workers = 0;
    for (const auto& [key, load] : collector.meter().loads()) {
      if (key.first != node) continue;
      busy += static_cast<double>(load.busy_time) * 1e-12;
      workers += load.workers;
    }
    loads.push_back(static_cast<double>(count));
    run.servers.push_back({lab.scene().nodes[node].name, count,
                           all == 0 ? 0 : static_cast<double>(count) / static_cast<double>(all),
                           workers > 0 && seconds > 0 ? busy / seconds / workers : 0});
  }
  run.jain = jain(loads);
}

/// What decides the figures and is easily overlooked: the order of the lists, how servers share.
void describe(const scenario::Lab& lab, RunFigures& run) {
  scenario::AddressOwners owners;
  for (std::size_t host = 0; host < lab.host_count(); ++host) {
    const lvs::Director* director = lab.machine(host).director();
    if (director == nullptr) continue;
    for (const lvs::Service* service : director->services()) {
      std::string line =
          fmt::format("{} {} {}:", lab.scene().nodes[host].name,
                      wire::to_string(service->key.address), service->options.scheduler);
      std::size_t shown = 0;
      for (const lvs::Destination* d : service->destinations) {
        if (++shown > 8) break;
        const NodeIndex node = scenario::owner_of(lab, d->address.address, owners);
        line +=
            " " + (node == kNoNode ? wire::to_string(d->address) : lab.scene().nodes[node].name);
        if (d->options.weight != 1) line += fmt::format("*{}", d->options.weight);
      }
      if (shown > 8) line += " ...";
      run.setting.push_back(std::move(line));
    }
  }
  std::map<std::string, std::string> disciplines;
  for (const scenario::HostSpec& host : lab.scenario().hosts) {
    for (const app::ServeSpec& spec : host.serve) {
      if (spec.service.is_zero()) continue;
      const std::string kind =
          fmt::format("{}, {} worker{}", spec.discipline == app::Discipline::kFcfs ? "fcfs" : "ps",
                      spec.workers, spec.workers == 1 ? "" : "s");
      std::string& hosts = disciplines[kind];
      if (hosts.size() < 60) hosts += (hosts.empty() ? "" : " ") + host.name;
    }
  }
  for (const auto& [kind, hosts] : disciplines) run.setting.push_back(kind + ": " + hosts);
}

void add_series(const scenario::Lab& lab, const metrics::Collector& collector, RunFigures& run) {
  const metrics::Series::Table table = collector.series().table(lab.world().now());
  run.bin = table.width.in_seconds();
  for (const auto& [node, bins] : table.servers) {
    LoadSeries series;
    series.server = lab.scene().nodes[node].name;
    for (const metrics::Bin& bin : bins) {
      series.active.push_back(bin.active);
      series.queue.push_back(bin.queue);
      series.busy.push_back(run.bin > 0 ? static_cast<double>(bin.busy) * 1e-12 / run.bin : 0);
    }
    run.series.push_back(std::move(series));
  }
}

void audit(const scenario::Lab& lab, const metrics::Collector& collector, RunFigures& run) {
  const std::vector<expect::Panel::Judged> nothing;
  const report::RunResult result{lab, collector, nothing, {}};
  const report::Audit audit = report::audit(result);
  for (const auto* list : {&audit.traffics, &audit.servers}) {
    for (const report::Audit::Little& law : *list)
      run.little_gap = std::max(run.little_gap, law.gap < 0 ? -law.gap : law.gap);
  }
}

}  // namespace

std::optional<RunFigures> run_once(const scenario::Scenario& scenario, const RunHow& how,
                                   std::vector<scenario::Message>& errors) {
  const auto lab = scenario::Lab::build(scenario, {.replication = how.replication}, errors);
  if (!errors.empty()) return std::nullopt;
  metrics::Collector collector(lab->scene(), 0);
  scenario::describe_servers(*lab, collector);
  Sink sink(*lab, how);
  collector.set_sink(&sink);
  trace::Fanout watchers;
  watchers.add(&lab->scene_keeper());
  watchers.add(&collector);
  lab->world().watch(&watchers, WatchLevel::kConnections);
  lab->configure(errors);
  if (!errors.empty()) return std::nullopt;
  scenario::Lab::RunOptions options;
  options.interrupted = how.interrupted;
  if (lab->run(options) == scenario::EndReason::kInterrupted) return std::nullopt;
  lab->finish();
  collector.finish(lab->world().now());
  errors = lab->runtime_errors();
  if (!errors.empty()) return std::nullopt;

  RunFigures run;
  run.replication = how.replication;
  for (std::size_t i = 0; i < sink.meters().size(); ++i) {
    sink.meters()[i].finish();
    run.traffics.push_back(sink.meters()[i].figures(lab->ready()));
    run.traffics.back().name = lab->scene().traffics[i];
    run.traffics.back().open_loop = scenario.load.traffics[i].is_open_loop();
  }
  count_servers(*lab, collector, sink.meters(), run);
  run.simulated = lab->world().now().since_start().in_seconds();
  for (std::size_t i = 1; i < static_cast<std::size_t>(DropReason::kDropReasonCount); ++i)
    run.dropped += lab->world().dropped(static_cast<DropReason>(i));
  audit(*lab, collector, run);
  describe(*lab, run);
  if (how.series) add_series(*lab, collector, run);
  if (how.end) how.end(*lab, collector);
  return run;
}

}  // namespace lvslab::compare
