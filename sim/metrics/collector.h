// Connections and requests as the apps report them, joined with what the director picked: the
// source of connections.csv, requests.csv, series.csv, summary figures and most expectations.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/record.h"
#include "trace/scene.h"

namespace lvslab::metrics {

struct RequestRow {
  std::uint32_t traffic = 0, connection = 0, request = 0;
  Instant intended = Instant::never(), sent = Instant::never(), first_byte = Instant::never(),
          last_byte = Instant::never();
  NodeIndex real_server = kNoNode;
  std::uint32_t previous = 0xffffffff;  ///< request of the same connection before this one
};

struct ConnectionRow {
  static constexpr std::uint32_t kNoRequest = 0xffffffff;
  std::uint32_t traffic = 0, number = 0;
  std::uint8_t protocol = 6;
  NodeIndex client_node = kNoNode;
  wire::Endpoint client, service;
  NodeIndex director = kNoNode;  ///< who picked; kNoNode: nobody
  std::string scheduler, mode;
  NodeIndex real_server = kNoNode;  ///< who served (accepted, or answered)
  wire::Endpoint real, local;       ///< RIP:rport picked, LIP:lport
  Instant intended = Instant::never(), opened = Instant::never(), established = Instant::never(),
          first_byte = Instant::never(), closed = Instant::never();
  std::string status = "open";
  std::uint32_t requests = 0, replies = 0;
  std::uint64_t bytes_up = 0, bytes_down = 0;
  std::uint32_t retransmissions = 0;
  std::string ipvs_state;  ///< of the entry when the client was done
  std::string ipvs_now;    ///< of the entry at the last change
  bool done = false;
  std::uint32_t last_request = kNoRequest;
};

class Collector final : public Watcher {
 public:
  explicit Collector(const trace::Scene& scene);
  void on_record(const Record& record) override;

  /// In order of intended start, then traffic, then number.
  std::vector<const ConnectionRow*> connections() const;
  const ConnectionRow* find(std::uint32_t traffic, std::uint32_t number) const;
  const std::vector<RequestRow>& requests() const { return requests_; }

 private:
  ConnectionRow& row(const Tag& tag);
  RequestRow& request_row(const Tag& tag);
  void on_client(const Record& record);
  void on_director(const Record& record);
  void on_server(const Record& record);
  std::vector<std::vector<ConnectionRow>> rows_;  ///< by traffic - 1, connection - 1
  std::vector<RequestRow> requests_;
};

}  // namespace lvslab::metrics
