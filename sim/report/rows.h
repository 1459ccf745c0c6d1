// connections.csv and requests.csv, written while the run goes: a connection and its requests when
// it is done and all that started before it are too. So both are in order of the connections'
// intended starts; columns as the outputs' contract fixes them, new ones are appended only.
#pragma once

#include <memory>
#include <string>

#include "metrics/collector.h"
#include "trace/output_file.h"

namespace lvslab::report {

class RowWriter final : public metrics::RowSink {
 public:
  static Result<std::unique_ptr<RowWriter>> open(const trace::Scene& scene,
                                                 const std::string& directory);
  void take(const metrics::ConnectionRow& row,
            const std::vector<const metrics::RequestRow*>& requests) override;
  /// Whether all of it could be written.
  bool finish();

 private:
  RowWriter(const trace::Scene& scene, trace::OutputFile connections, trace::OutputFile requests);
  const trace::Scene& scene_;
  trace::OutputFile connections_, requests_;
  std::string line_;
};

}  // namespace lvslab::report
