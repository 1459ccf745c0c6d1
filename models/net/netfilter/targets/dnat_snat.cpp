// -j DNAT and -j SNAT: the connection's destination, or source, becomes another.
#include "net/netfilter/targets/nat_target.h"

namespace lvslab::net::netfilter {
namespace {

class Translate final : public NatTarget {
 public:
  explicit Translate(End end) : end_(end) {}

  Effect apply(Seen& seen) const override { return settle_as(seen, end_, range_); }
  bool works_at(hook::Hook where) const override {
    using hook::Hook;
    return end_ == End::kDestination ? where == Hook::kPrerouting || where == Hook::kLocalOut
                                     : where == Hook::kPostrouting || where == Hook::kLocalIn;
  }
  bool read(Words& words) override {
    if (!abbreviates(words.option(), option()))
      return read_flags(words, end_ == End::kSource, true);
    const std::string text = words.value();
    if (given_) words.fail(std::string(name()) + ": Multiple " + option() + " not supported");
    given_ = true;
    if (!words.failed()) read_range(words, text);
    return true;
  }
  void finish(Words& words) override {
    if (!given_)
      words.fail(std::string(name()) + ": option \"" + option() + "\" must be specified\n");
  }
  std::string save() const override {
    return " " + std::string(option()) + " " + range_text() + flags_text(true);
  }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return " to:" + range_text() + flags_text(false);
  }

 private:
  const char* option() const {
    return end_ == End::kDestination ? "--to-destination" : "--to-source";
  }
  const char* name() const { return end_ == End::kDestination ? "DNAT" : "SNAT"; }

  End end_;
  bool given_ = false;
};

}  // namespace

std::unique_ptr<Target> make_dnat_target() {
  return std::make_unique<Translate>(End::kDestination);
}
std::unique_ptr<Target> make_snat_target() { return std::make_unique<Translate>(End::kSource); }

}  // namespace lvslab::net::netfilter
