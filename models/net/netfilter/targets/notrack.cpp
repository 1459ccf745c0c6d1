// -j NOTRACK, the older revision of -j CT --notrack, which listings show as CT too: the packet is
// not looked up among the connections, and begins none.
#include "net/netfilter/targets/targets.h"

namespace lvslab::net::netfilter {
namespace {

class Notrack final : public Target {
 public:
  explicit Notrack(bool old) : old_(old), given_(old) {}
  Effect apply(Seen& seen) const override {
    hook::Track& track = *seen.info.track;
    if (!track.tracked()) track.state = hook::Track::State::kUntracked;
    return Effect::kContinue;
  }
  bool read(Words& words) override {
    if (old_ || !words.is("--notrack")) return false;
    given_ = true;
    return true;
  }
  void finish(Words& words) override {
    if (!given_) words.fail("target `CT' is not yet modelled but for --notrack");
  }
  std::string save() const override { return old_ ? "" : " --notrack"; }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return old_ ? " NOTRACK" : " CT notrack";
  }

 private:
  bool old_, given_;
};

}  // namespace

std::unique_ptr<Target> make_ct_target() { return std::make_unique<Notrack>(false); }
std::unique_ptr<Target> make_notrack_target() { return std::make_unique<Notrack>(true); }

}  // namespace lvslab::net::netfilter
