// Where a packet enters the director from one of the host's hooks: calls the function for that
// hook.
#pragma once

#include "lvs/director.h"

namespace lvslab::lvs {

class Director::EntryPoint final : public hook::PacketHook {
 public:
  using Function = hook::Verdict (Director::*)(const Visit&);
  EntryPoint(Director& director, Function function) : director_(director), function_(function) {}

  hook::Verdict inspect(Turn& turn, wire::Datagram& datagram, const hook::PacketInfo& info,
                        const hook::RouteLookup& routes) override {
    if (info.ipvs_done) return hook::Verdict::accept();
    return (director_.*function_)({turn, datagram, info, routes});
  }

 private:
  Director& director_;
  Function function_;
};

}  // namespace lvslab::lvs
