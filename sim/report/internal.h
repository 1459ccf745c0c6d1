// What the files of this folder share.
#pragma once

#include "report/report.h"

namespace lvslab::report {

std::string series_csv(const RunResult& result);

/// Figures of a group of connections and requests (a traffic, a real server).
struct Figures {
  metrics::Tally tally;
  metrics::Histogram latency;  ///< ps
  std::uint64_t peak_active = 0;
  std::uint64_t requests() const { return latency.count(); }
};
std::vector<Figures> by_traffic(const RunResult& result);
/// Hosts that served something or that a director picked, ascending by node.
std::vector<std::pair<NodeIndex, Figures>> by_real_server(const RunResult& result);
/// (sum x)^2 / (n sum x^2): 1 when all have the same share.
double jain_index(const std::vector<std::pair<NodeIndex, Figures>>& servers);

// Figures as summary.json and the page have them.
std::string figure(double value);
/// A second of the run.
double rate_of(const RunResult& result, std::uint64_t count);
/// Of the workers of all ports together; "null" when requests take no time there.
std::string busy_share(const RunResult& result, NodeIndex node);
/// Of `all` connections.
std::string share_text(const Figures& figures, std::uint64_t all);

/// report.html.
std::string report_html(const RunResult& result);

/// What must agree in any run, two ways to each figure, and by how much it does not.
struct Audit {
  struct Little {
    std::string name;      ///< of a traffic, or "rs1:80"
    double in_system = 0;  ///< time average, counted
    double rate = 0;       ///< arrivals a second
    double time = 0;       ///< mean seconds, measured one by one
    double gap = 0;        ///< (in_system - rate * time) / in_system
  };
  struct Use {
    std::string name;  ///< "rs1:80"
    std::uint64_t workers = 1, arrived = 0, answered = 0, given_up = 0, present = 0;
    double busy_share = 0;  ///< of the workers' time, counted
    double work_share = 0;  ///< rate of answers times mean service time over the workers
    double queue = 0;       ///< mean number waiting
    double service_mean = 0, service_scv = 0;  ///< of what was drawn, seconds
    bool steady = true;                        ///< else the two shares need not agree
  };
  struct Requests {
    std::string name;  ///< of a traffic
    std::uint64_t sent = 0, answered = 0, unanswered = 0, outstanding = 0;
    bool balanced() const { return sent == answered + unanswered + outstanding; }
  };
  std::vector<Little> traffics, servers;
  std::vector<Use> use;
  std::vector<Requests> requests;
};
Audit audit(const RunResult& result);

}  // namespace lvslab::report
