// The tables of report.html.
#include <algorithm>

#include "fmt/format.h"
#include "report/markup.h"
#include "report/page_parts.h"
#include "report/svg_chart.h"
#include "trace/json.h"

namespace lvslab::report {
namespace {

using trace::seconds12;

PageCell count(const std::string& path, std::string_view name, std::uint64_t value) {
  return {std::to_string(value), path + std::string(name), std::to_string(value)};
}

void latency_cells(std::vector<PageCell>& row, const std::string& path, const Figures& f) {
  const auto cell = [&](std::string_view name, std::int64_t ps) {
    if (f.latency.empty())
      row.push_back({"-"});
    else
      row.push_back({page_time(ps), path + "latency/" + std::string(name), seconds12(ps)});
  };
  cell("mean", f.latency.mean());
  cell("p50", f.latency.percentile(500));
  cell("p90", f.latency.percentile(900));
  cell("p99", f.latency.percentile(990));
  cell("p99.9", f.latency.percentile(999));
  cell("max", f.latency.max());
}

std::string counters(const RunResult& result) {
  const lang::Words& t = result.words;
  std::vector<std::vector<PageCell>> rows;
  std::size_t all = 0;
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) {
    const admin::Machine& machine = result.lab.machine(host);
    for (std::size_t i = 0; i < static_cast<std::size_t>(net::Counter::kCounterCount); ++i) {
      const auto counter = static_cast<net::Counter>(i);
      const std::uint64_t value = machine.host().counter(counter);
      if (value == 0) continue;
      if (++all > 4 * kPageRows) continue;
      const std::string name(net::counter_name(counter));
      rows.push_back({{.text = machine.name(), .number = false},
                      {.text = name, .number = false},
                      count("hosts/" + machine.name() + "/counters/", name, value)});
    }
  }
  if (rows.empty()) return {};
  return "<details><summary>" + t("Counters of the hosts") + "</summary>\n" +
         page_table(t("As nstat and /proc/net/snmp name them; those that are 0 are left out"),
                    {t("host"), t("counter"), t("value")}, rows) +
         page_left_out(t, all, rows.size(), t("summary.json has all")) + "</details>\n";
}

std::string directors(const RunResult& result) {
  const lang::Words& t = result.words;
  std::vector<std::vector<PageCell>> rows;
  std::size_t all = 0;
  for (std::size_t host = 0; host < result.lab.host_count(); ++host) {
    const lvs::Director* director = result.lab.machine(host).director();
    if (director == nullptr) continue;
    for (const lvs::Service* s : director->services()) {
      const std::string service = s->key.mark != 0 ? "fwmark " + std::to_string(s->key.mark)
                                                   : wire::to_string(s->key.address);
      for (const lvs::Destination* d : s->destinations) {
        if (++all > 2 * kPageRows) continue;
        rows.push_back({{.text = result.lab.machine(host).name(), .number = false},
                        {.text = service, .number = false},
                        {.text = std::string(s->options.scheduler), .number = false},
                        {.text = wire::to_string(d->address), .number = false},
                        {std::to_string(d->options.weight)},
                        {std::to_string(d->active)},
                        {std::to_string(d->inactive())}});
      }
    }
  }
  return page_table(t("Virtual services at the end, as ipvsadm -Ln lists them"),
                    {t("director"), t("service"), t("scheduler"), t("destination"), t("weight"),
                     t("active"), t("inactive")},
                    rows) +
         page_left_out(t, all, rows.size(), t("summary.json has all"));
}

}  // namespace

std::string page_traffic(const RunResult& result) {
  const lang::Words& t = result.words;
  const auto list = by_traffic(result);
  std::vector<std::vector<PageCell>> rows;
  for (std::size_t i = 0; i < std::min(list.size(), kPageRows); ++i) {
    const Figures& f = list[i];
    const std::string& name = result.lab.scene().traffics[i];
    const std::string path = "traffic/" + name + "/";
    const bool open = result.lab.scenario().load.traffics[i].is_open_loop();
    rows.push_back({{.text = name, .number = false},
                    {.text = open ? t.meant("loop", "open") : t.meant("loop", "closed"),
                     .key = path + "loop",
                     .value = open ? "open" : "closed",
                     .number = false},
                    count(path, "connections", f.tally.connections),
                    count(path, "completed", f.tally.with("completed")),
                    count(path, "failed", f.tally.failed()),
                    count(path, "open", f.tally.with("open")),
                    count(path, "requests", f.requests()),
                    {chart_text(rate_of(result, f.requests()), ChartAxis::Unit::kNumber),
                     path + "rate", figure(rate_of(result, f.requests()))},
                    count(path, "retransmissions", f.tally.retransmissions)});
    latency_cells(rows.back(), path, f);
  }
  return page_section("traffic", t("Traffic"),
                      page_table(t("Latency from the intended start of a request to its last byte"),
                                 {t("traffic"), t("loop"), t("connections"), t("completed"),
                                  t("failed"), t("open"), t("requests"), t("requests/s"),
                                  t("retrans."), t("mean"), "p50", "p90", "p99", "p99.9", t("max")},
                                 rows) +
                          page_left_out(t, list.size(), rows.size(), t("summary.json has all")));
}

std::string page_servers(const RunResult& result) {
  const lang::Words& t = result.words;
  const auto list = by_real_server(result);
  std::uint64_t all = 0;
  for (const auto& [node, f] : list) all += f.tally.connections;
  std::vector<std::vector<PageCell>> rows;
  for (std::size_t i = 0; i < std::min(list.size(), kPageRows); ++i) {
    const auto& [node, f] = list[i];
    const std::string& name = result.lab.scene().nodes[node].name;
    const std::string path = "real_servers/" + name + "/";
    const std::string busy = busy_share(result, node), share = share_text(f, all);
    rows.push_back({{.text = name, .number = false},
                    count(path, "connections", f.tally.connections),
                    {chart_text(std::stod(share), ChartAxis::Unit::kShare), path + "share", share},
                    count(path, "requests", f.requests()),
                    count(path, "bytes_in", f.tally.bytes_up),
                    count(path, "bytes_out", f.tally.bytes_down),
                    {busy == "null" ? "-" : chart_text(std::stod(busy), ChartAxis::Unit::kShare),
                     path + "busy_share", busy},
                    count(path, "active_peak", f.peak_active)});
    latency_cells(rows.back(), path, f);
  }
  if (rows.empty()) return {};
  const std::string jain = fmt::format("{:.6f}", jain_index(list));
  return page_section(
      "servers", t("Real servers"),
      page_table(t("What each served"),
                 {t("real server"), t("connections"), t("share"), t("requests"), t("bytes in"),
                  t("bytes out"), t("busy"), t("peak active"), t("mean"), "p50", "p90", "p99",
                  "p99.9", t("max")},
                 rows) +
          page_left_out(t, list.size(), rows.size(), t("summary.json has all")) +
          "<p class=\"note\">" + t("Jain's index of the shares (1: all alike): ") +
          fmt::format("<span data-key=\"jain_index\" data-value=\"{0}\">{0}</span></p>\n", jain));
}

std::string page_ends(const RunResult& result) {
  const lang::Words& t = result.words;
  std::vector<std::vector<PageCell>> rows;
  for (std::size_t i = 1; i < static_cast<std::size_t>(DropReason::kDropReasonCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    const std::uint64_t value = result.lab.world().dropped(reason);
    if (value == 0) continue;
    const std::string name(drop_reason_name(reason));
    rows.push_back({{.text = name, .number = false},
                    count("drops/", name, value),
                    {.text = t(drop_reason_sentence(reason)), .number = false}});
  }
  return page_section("ends", t("How packets and tables ended"),
                      page_table(t("Packets that ended otherwise than in a delivery"),
                                 {t("reason"), t("packets"), t("what it means")}, rows) +
                          directors(result) + counters(result));
}

}  // namespace lvslab::report
