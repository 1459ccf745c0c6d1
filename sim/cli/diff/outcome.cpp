#include "cli/diff/outcome.h"

#include <algorithm>
#include <map>

#include "expect/reading.h"

namespace lvslab::cli {
namespace {

struct End {
  std::string text;
  std::uint64_t event = 0;
};
using Ends = std::map<std::string, End>;

// "web/000002" sorts as people count; the number is written plainly again when it is told.
Ends connections_of(const DiffRun& run) {
  const scenario::Lab& lab = run.session->lab();
  Ends ends;
  for (const metrics::ConnectionRow* row : run.session->collector().connections()) {
    const std::string number = std::to_string(row->number);
    const std::string key = lab.scene().traffics[row->traffic - 1] + "/" +
                            std::string(10 - std::min<std::size_t>(10, number.size()), '0') +
                            number;
    End end;
    end.text = row->intended.is_never() ? "never started" : row->status();
    const std::string server = expect::server_text(lab, *row);
    if (server != "none") end.text += " by " + server;
    const auto events = run.log->connections.find({row->traffic, row->number});
    if (events != run.log->connections.end()) {
      end.event = row->status() == "completed" && events->second.served != 0 ? events->second.served
                                                                           : events->second.closed;
    }
    ends[key] = end;
  }
  return ends;
}

Ends neighbours_of(const DiffRun& run) {
  const scenario::Lab& lab = run.session->lab();
  Ends ends;
  for (std::size_t i = 0; i < lab.host_count(); ++i) {
    const net::Host& host = lab.machine(i).host();
    for (const net::Neighbour* entry : host.neighbours().list()) {
      const bool valid = !entry->mac.is_zero() && net::neighbour_valid(entry->state);
      const auto event =
          run.log->neighbours.find({static_cast<NodeIndex>(i), entry->address.value});
      ends[lab.machine(i).name() + " " + lab.scene().address_text(entry->address)] = {
          valid ? lab.scene().mac_text(entry->mac) : "none",
          event == run.log->neighbours.end() ? 0 : event->second};
    }
  }
  return ends;
}

Ends expectations_of(const DiffRun& run) {
  Ends ends;
  std::map<std::string, int> seen;
  for (const auto& judged : run.judged) {
    std::string number = std::to_string(++seen[judged.kind]);
    ends[judged.kind + " number " + number] = {
        judged.verdict.passed ? "held" : "failed, actual " + judged.verdict.actual, 0};
  }
  return ends;
}

std::string plain(const std::string& key) {
  const std::size_t slash = key.rfind('/');
  const std::size_t digit = key.find_first_not_of('0', slash + 1);
  return digit == std::string::npos ? key : key.substr(0, slash + 1) + key.substr(digit);
}

void compare(const std::string& kind, const Ends& a, const Ends& b, const std::string& missing,
             std::vector<OutcomeDifference>& out) {
  Ends all = a;
  all.insert(b.begin(), b.end());
  for (const auto& [key, ignored] : all) {
    const auto of_a = a.find(key), of_b = b.find(key);
    const End end_a = of_a == a.end() ? End{missing, 0} : of_a->second;
    const End end_b = of_b == b.end() ? End{missing, 0} : of_b->second;
    if (end_a.text == end_b.text) continue;
    out.push_back({kind + (kind == "connection " ? plain(key) : key), end_a.text, end_b.text,
                   end_a.event, end_b.event});
  }
}

}  // namespace

std::vector<OutcomeDifference> compare_outcomes(const DiffRun& a, const DiffRun& b) {
  std::vector<OutcomeDifference> all;
  compare("connection ", connections_of(a), connections_of(b), "not there", all);
  compare("neighbour of ", neighbours_of(a), neighbours_of(b), "none", all);
  const Ends of_a = expectations_of(a), of_b = expectations_of(b);
  const bool same_kinds =
      std::equal(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                 [](const auto& x, const auto& y) { return x.first == y.first; });
  if (same_kinds) compare("expectation ", of_a, of_b, "", all);
  return all;
}

}  // namespace lvslab::cli
