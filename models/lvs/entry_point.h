// Where a packet enters the director from one of the host's hooks: calls the function for that
// hook.
#pragma once

#include "lvs/director.h"

namespace lvslab::lvs {

template <auto function>
class Director::EntryPoint final : public hook::PacketHook {
 public:
  explicit EntryPoint(Director& director) : director_(director) {}

  hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                        const hook::RouteLookup& routes) override {
    if (info.ipvs_done) return hook::Verdict::accept();
    return (director_.*function)({turn, datagram, info, routes});
  }

 private:
  Director& director_;
};

}  // namespace lvslab::lvs
