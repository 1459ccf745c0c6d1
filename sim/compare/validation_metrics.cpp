#include "compare/validation_metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>

#include "compare/statistics.h"
#include "scenario/director_counts.h"

namespace lvslab::compare {
namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// "name@rest": the rest, if `metric` begins so.
bool takes(std::string_view metric, std::string_view name, std::string_view& rest) {
  if (!metric.starts_with(name) || metric.size() <= name.size() || metric[name.size()] != '@')
    return false;
  rest = metric.substr(name.size() + 1);
  return true;
}

double number(std::string_view text) {
  double value = kNothing;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

void CaseObserver::watch(RunHow& how) {
  how.each = [this, owners = scenario::AddressOwners{}](
                 const scenario::Lab& lab, const metrics::ConnectionRow& row,
                 const std::vector<const metrics::RequestRow*>& requests) mutable {
    const auto since = [&](Instant t) {
      return t.is_never() ? -1.0 : (t - lab.ready()).in_seconds();
    };
    NodeIndex server = row.real_server;
    if (server == kNoNode && !row.real.address.is_zero())
      server = scenario::owner_of(lab, row.real.address, owners);
    Row r{row.traffic,
          server,
          row.status() == "completed",
          row.status() != "completed" && row.status() != "open",
          since(row.intended),
          since(row.established),
          since(row.first_byte),
          since(row.closed),
          -1,
          -1};
    if (!requests.empty() && requests.back()->answered()) {
      r.last_byte = since(requests.back()->last_byte);
      r.latency = (requests.back()->last_byte - requests.back()->intended).in_seconds();
    }
    rows_.push_back(r);
  };
  how.end = [this](const scenario::Lab& lab, const metrics::Collector&) {
    for (std::size_t i = 0; i < lab.host_count(); ++i) {
      nodes_.push_back(lab.scene().nodes[i].name);
      is_server_.push_back(lab.scenario().hosts[i].role == "real-server");
    }
    ended_ = (lab.world().now() - lab.ready()).in_seconds();
  };
}

/// Requests that have come and are not answered yet.
double CaseObserver::present_at(double time) const {
  return static_cast<double>(std::count_if(rows_.begin(), rows_.end(), [&](const Row& r) {
    return r.intended <= time && (r.last_byte < 0 || r.last_byte > time);
  }));
}

/// Of the connections that a server had; or of all that came.
double CaseObserver::share(std::string_view server, bool of_offered) const {
  double mine = 0, all = 0;
  const double from = ended_ * 0.1;
  for (const Row& r : rows_) {
    if (r.intended < from) continue;
    const bool had = r.server != kNoNode;
    if (had && nodes_[r.server] == server) ++mine;
    if (had || of_offered) ++all;
  }
  return all == 0 ? 0 : mine / all;
}

/// Of the first `servers`, or of all.
std::vector<double> CaseObserver::loads(double servers) const {
  std::map<NodeIndex, double> counts;
  for (std::size_t i = 0; i < is_server_.size(); ++i) {
    if (is_server_[i]) counts[static_cast<NodeIndex>(i)];
  }
  for (const Row& r : rows_) {
    if (r.server != kNoNode) ++counts[r.server];
  }
  std::vector<double> list;
  for (const auto& [node, count] : counts) {
    if (servers > 0 && static_cast<double>(list.size()) >= servers) break;
    list.push_back(count);
  }
  return list;
}

/// Work is conserved if servers are idle at the same moments: the sum of the squared lengths of all
/// times between two such moments tells two ways to be busy apart.
double CaseObserver::busy_periods() const {
  std::map<NodeIndex, std::vector<std::pair<double, double>>> spans;
  for (const Row& r : rows_) {
    if (r.server != kNoNode && r.last_byte >= 0)
      spans[r.server].emplace_back(r.intended, r.last_byte);
  }
  double sum = 0;
  for (auto& [server, list] : spans) {
    std::sort(list.begin(), list.end());
    double from = list.front().first, to = list.front().second;
    for (const auto& [start, end] : list) {
      if (start > to) {
        sum += (to - from) * (to - from);
        from = start;
      }
      to = std::max(to, end);
    }
    sum += (to - from) * (to - from);
  }
  return sum;
}

/// Traffic 2 comes when the new server, the last one, is there: it alone is picked until it has
/// caught up. How long that lasts, or how many connections it got.
double CaseObserver::lc_rush(bool length) const {
  NodeIndex last = kNoNode;
  for (std::size_t i = 0; i < is_server_.size(); ++i) {
    if (is_server_[i]) last = static_cast<NodeIndex>(i);
  }
  double begin = -1, end = -1, count = 0;
  for (const Row& r : rows_) {
    if (r.server == last && begin < 0) begin = r.intended;
    if (begin < 0) continue;
    if (r.server != last) {
      end = r.intended;
      break;
    }
    ++count;
  }
  return length ? end - begin : count;
}

/// Connections that were open when the weight went to 0, at 1 s: when the last one, or half of
/// them, had ended, after that.
double CaseObserver::drain(bool last) const {
  std::vector<double> ends;
  for (const Row& r : rows_) {
    if (r.traffic == 1) ends.push_back(r.closed - r.established);
  }
  std::sort(ends.begin(), ends.end());
  if (ends.empty()) return kNothing;
  return last ? ends.back() : (ends[ends.size() / 2 - 1] + ends[ends.size() / 2]) / 2;
}

/// "idle", "used", "1/jain", "max/mean", "least", "most", of the first so many servers with "@10".
double CaseObserver::of_loads(std::string_view metric) const {
  const std::size_t at = metric.find('@');
  const std::string_view name = metric.substr(0, at);
  if (name != "idle" && name != "used" && name != "1/jain" && name != "max/mean" &&
      name != "least" && name != "most")
    return kNothing;
  const std::vector<double> list =
      loads(at == std::string_view::npos ? 0 : number(metric.substr(at + 1)));
  if (list.empty()) return kNothing;
  const auto idle = static_cast<double>(std::count(list.begin(), list.end(), 0.0));
  if (name == "idle") return idle;
  if (name == "used") return static_cast<double>(list.size()) - idle;
  if (name == "1/jain") return 1 / jain(list);
  const auto [least, most] = std::minmax_element(list.begin(), list.end());
  if (name == "least") return *least;
  if (name == "most") return *most;
  double sum = 0;
  for (const double x : list) sum += x;
  return *most * static_cast<double>(list.size()) / sum;
}

/// Share of servers and time with at least so many requests, from a tenth of the run to the last
/// arrival.
double CaseObserver::tail(double least) const {
  std::map<NodeIndex, std::vector<std::pair<double, int>>> changes;
  double end = 0;
  for (const Row& r : rows_) {
    end = std::max(end, r.intended);
    if (r.server == kNoNode || r.last_byte < 0) continue;
    changes[r.server].emplace_back(r.intended, 1);
    changes[r.server].emplace_back(r.last_byte, -1);
  }
  const double begin = end * 0.1;
  double area = 0;
  for (auto& [server, list] : changes) {
    std::sort(list.begin(), list.end());
    int present = 0;
    double since = begin;
    for (const auto& [time, change] : list) {
      const double now = std::clamp(time, begin, end);
      if (present >= least) area += now - since;
      since = now;
      present += change;
    }
  }
  return area / (end - begin) / static_cast<double>(changes.size());
}

/// Mean latency of the requests whose number is `place` modulo `period`.
double CaseObserver::mean_of_each(double place, double period) const {
  double sum = 0, count = 0;
  for (std::size_t i = rows_.size() / 10; i < rows_.size(); ++i) {
    if (std::fmod(static_cast<double>(i), period) != place || rows_[i].latency < 0) continue;
    sum += rows_[i].latency;
    ++count;
  }
  return count == 0 ? kNothing : sum / count;
}

double CaseObserver::value(const RunFigures& run, std::string_view metric) const {
  std::string_view rest;
  if (scenario::is_metric(metric)) return value_of(run, 0, metric);
  if (takes(metric, "mean", rest))
    return value_of(run, static_cast<std::size_t>(number(rest)), "mean");
  if (takes(metric, "tail", rest)) return tail(number(rest));
  if (takes(metric, "rounds", rest)) {
    // One round trip is the handshake's.
    return rows_.empty() ? kNothing : (rows_[0].last_byte - rows_[0].intended) / number(rest) - 1;
  }
  if (takes(metric, "every", rest)) {
    const std::size_t slash = rest.find('/');
    return mean_of_each(number(rest.substr(0, slash)), number(rest.substr(slash + 1)));
  }
  if (takes(metric, "present", rest)) return present_at(number(rest));
  if (takes(metric, "share", rest)) return share(rest, false);
  if (takes(metric, "offered", rest)) return share(rest, true);
  if (takes(metric, "connections", rest)) {
    for (const ServerFigures& s : run.servers) {
      if (s.name == rest) return static_cast<double>(s.connections);
    }
    return 0;
  }
  if (takes(metric, "busy", rest)) {
    for (const ServerFigures& s : run.servers) {
      if (s.name == rest) return s.busy;
    }
    return kNothing;
  }
  if (takes(metric, "quantile", rest)) {
    std::vector<double> list;
    for (const Row& r : rows_) {
      if (r.traffic == 1 && r.latency >= 0) list.push_back(r.latency);
    }
    if (list.empty()) return kNothing;
    // By nearest rank.
    const auto rank =
        static_cast<std::size_t>(std::ceil(number(rest) * static_cast<double>(list.size())));
    const std::size_t place = rank == 0 ? 0 : rank - 1;
    std::nth_element(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(place), list.end());
    return list[place];
  }
  if (metric == "blocked") {
    double blocked = 0, all = 0;
    for (const Row& r : rows_) {
      if (r.intended < ended_ * 0.1) continue;
      ++all;
      if (r.server == kNoNode) ++blocked;
    }
    return all == 0 ? 0 : blocked / all;
  }
  if (metric == "little") return run.little_gap;
  if (metric == "busy-periods") return busy_periods();
  if (metric == "picks") {
    double sum = 0, place = 0;
    for (const Row& r : rows_) {
      place = place >= 1e6 ? 1 : place + 1;
      if (r.server != kNoNode) sum += place * (r.server + 1);
    }
    return sum;
  }
  if (metric == "rush") return lc_rush(true);
  if (metric == "rush-count") return lc_rush(false);
  if (metric == "drain-last") return drain(true);
  if (metric == "drain-half") return drain(false);
  if (const double figure = of_loads(metric); !std::isnan(figure)) return figure;
  if (metric == "connect-delay") {
    double sum = 0, count = 0;
    for (const Row& r : rows_) {
      if (r.established < 0) continue;
      sum += r.established - r.intended;
      ++count;
    }
    return count == 0 ? kNothing : sum / count;
  }
  if (metric == "until-last-byte") {
    double most = 0;
    for (const Row& r : rows_) most = std::max(most, r.last_byte - r.intended);
    return most;
  }
  return kNothing;
}

}  // namespace lvslab::compare
