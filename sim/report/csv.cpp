// series.csv, and what is written when the run is over: columns as the outputs' contract fixes
// them; new ones are appended only.
#include "fmt/format.h"
#include "report/cells.h"
#include "report/internal.h"
#include "trace/json.h"
#include "trace/output_file.h"

namespace lvslab::report {

using trace::seconds12;

// Per bin and real server: active, inactive and queue at the bin's end, the rest within it.
std::string series_csv(const RunResult& result) {
  const trace::Scene& scene = result.lab.scene();
  const metrics::Series::Table table = result.collector.series().table(result.lab.world().now());
  std::string out =
      "t,real_server,active,inactive,queue,busy,requests,bytes_in,bytes_out,latency_mean,latency_"
      "p99\n";
  const std::size_t bins = table.servers.empty() ? 0 : table.servers.front().second.size();
  for (std::size_t i = 0; i < bins; ++i) {
    for (const auto& [node, figures] : table.servers) {
      const metrics::Bin& bin = figures[i];
      const std::uint64_t workers = result.collector.meter().total(node).workers;
      out += seconds12(static_cast<std::int64_t>(i) * table.width.ps()) + "," +
             cell(scene.nodes[node].name) + "," + std::to_string(bin.active) + "," +
             std::to_string(bin.inactive) + "," + std::to_string(bin.queue) + ",";
      if (workers > 0) {
        out += fmt::format(
            "{:.6f}", static_cast<double>(bin.busy) /
                          (static_cast<double>(table.width.ps()) * static_cast<double>(workers)));
      }
      out += "," + std::to_string(bin.requests) + "," + std::to_string(bin.bytes_in) + "," +
             std::to_string(bin.bytes_out) + ",";
      if (bin.requests > 0) {
        out += seconds12(static_cast<std::int64_t>(bin.latency_sum /
                                                   static_cast<__int128>(bin.requests))) +
               "," + seconds12(bin.percentile(990));
      } else {
        out += ",";
      }
      out += "\n";
    }
  }
  return out;
}

Result<void> write_files(const RunResult& result, const std::string& directory) {
  const std::pair<const char*, std::string (*)(const RunResult&)> kFiles[] = {
      {"summary.json", summary_json}, {"series.csv", series_csv}, {"report.html", report_html}};
  for (const auto& [name, make] : kFiles) {
    auto file = trace::OutputFile::open(directory + "/" + name);
    if (!file) return tl::unexpected<Error>(file.error());
    file->write(make(result));
    if (!file->flush()) return fail("cannot write " + directory + "/" + name, "is the disk full?");
  }
  return {};
}

}  // namespace lvslab::report
