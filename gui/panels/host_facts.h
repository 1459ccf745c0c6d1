// What the canvas writes at a host: its addresses at an instant, and who believes it to own a VIP.
#pragma once

#include <QStringList>
#include <map>
#include <vector>

#include "replay/event.h"
#include "replay/results.h"

namespace lvslab::gui {

class HostFacts {
 public:
  void set_recording(const replay::Recording* recording);
  /// "eth0 192.168.182.220/24" ..., at most five lines, loopback's own left out.
  QStringList addresses(NodeIndex node, replay::Row row);
  /// "VIP: route, client" or empty.
  QString owner_text(NodeIndex node, Instant now) const;
  bool is_vip(const std::string& address) const;

 private:
  QStringList read(NodeIndex node, replay::Row row) const;
  struct Known {
    replay::Row since = replay::kNoRow;  ///< the change that made them so
    QStringList lines;
  };
  const replay::Recording* recording_ = nullptr;
  std::vector<replay::Belief> beliefs_;  ///< about VIPs alone
  std::map<std::string, QString> vips_;  ///< address -> name
  std::map<NodeIndex, Known> known_;
  std::map<NodeIndex, std::vector<replay::Row>> changes_;  ///< of addresses
};

}  // namespace lvslab::gui
