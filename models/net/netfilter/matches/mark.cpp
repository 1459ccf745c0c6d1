// -m mark: the packet's firewall mark, under a mask.
#include "net/netfilter/matches/matches.h"

namespace lvslab::net::netfilter {
namespace {

class Mark final : public Match {
 public:
  bool matches(const Seen& seen) const override {
    return ((seen.mark & wanted_.mask) == wanted_.value) != inverted_;
  }
  bool read(Words& words) override {
    if (!words.is("--mark")) return false;
    const auto mark = read_masked(words.value());
    if (!mark) {
      words.fail("mark: bad integer value for option \"--mark\", or out of range.\n");
      return true;
    }
    wanted_ = *mark;
    inverted_ = words.inverted();
    given_ = true;
    return true;
  }
  void finish(Words& words) override {
    if (!given_) words.fail("mark: option \"--mark\" must be specified\n");
  }
  std::string save() const override { return (inverted_ ? " ! --mark " : " --mark ") + text(); }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return (inverted_ ? " mark match ! " : " mark match ") + text();
  }

 private:
  std::string text() const {
    return hex(wanted_.value) + (wanted_.mask == 0xffffffff ? "" : "/" + hex(wanted_.mask));
  }
  Masked wanted_;
  bool inverted_ = false, given_ = false;
};

}  // namespace

std::unique_ptr<Match> make_mark_match() { return std::make_unique<Mark>(); }

}  // namespace lvslab::net::netfilter
