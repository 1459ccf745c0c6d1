// -j MASQUERADE: the source becomes the address this host itself would have used out of that
// device. -j REDIRECT: the packet comes to this host, whatever it was addressed to.
#include "net/arp_policy.h"
#include "net/netfilter/targets/nat_target.h"

namespace lvslab::net::netfilter {
namespace {

constexpr wire::Ipv4 kLoopback = wire::ipv4(127, 0, 0, 1);

class WithPorts : public NatTarget {
 public:
  WithPorts(const char* listed, bool fully) : listed_(listed), may_be_fully_(fully) {}
  bool read(Words& words) override {
    if (!abbreviates(words.option(), "--to-ports")) return read_flags(words, may_be_fully_, false);
    const std::string text = words.value();
    if (!words.failed()) read_ports(words, text);
    return true;
  }
  std::string save() const override {
    return (range_.ports ? " --to-ports " + ports_text() : "") + flags_text(true);
  }
  std::string list(const Listing& listing) const override {
    (void)listing;
    return (range_.ports ? listed_ + ports_text() : "") + flags_text(false);
  }

 private:
  std::string listed_;
  bool may_be_fully_;
};

class Masquerade final : public WithPorts {
 public:
  Masquerade() : WithPorts(" masq ports: ", true) {}
  bool works_at(hook::Hook where) const override { return where == hook::Hook::kPostrouting; }
  // The connection lives no longer than the address does.
  Effect apply(Seen& seen) const override {
    ConntrackEntry* entry = seen.tracker->entry(*seen.info.track);
    if (entry == nullptr || entry->tuples[0].source.address.is_zero()) return Effect::kAccept;
    const Interface& nic = seen.host.interface(seen.info.out_device);
    const wire::Ipv4 source =
        select_source(seen.host.interfaces(), nic.index, seen.info.next_hop, Scope::kUniverse);
    if (source.is_zero()) {
      seen.log->add(seen.turn.now(), nic.name + " ate my IP address");
      seen.reason = DropReason::kNatRefused;
      return Effect::kDrop;
    }
    entry->masquerade_device = nic.index;
    entry->masquerade_downs = nic.times_down;
    NatRange range = range_;
    range.addresses = true;
    range.low = range.high = source;
    return settle_as(seen, End::kSource, range);
  }
};

class Redirect final : public WithPorts {
 public:
  Redirect() : WithPorts(" redir ports ", false) {}
  bool works_at(hook::Hook where) const override {
    return where == hook::Hook::kPrerouting || where == hook::Hook::kLocalOut;
  }
  Effect apply(Seen& seen) const override {
    NatRange range = range_;
    range.addresses = true;
    if (seen.info.hook == hook::Hook::kLocalOut) {
      range.low = range.high = kLoopback;
    } else {
      const auto& addresses = seen.host.interface(seen.info.in_device).addresses;
      if (addresses.empty()) {
        seen.reason = DropReason::kNatRefused;
        return Effect::kDrop;
      }
      range.low = range.high = addresses.front().local;
    }
    return settle_as(seen, End::kDestination, range);
  }
};

}  // namespace

std::unique_ptr<Target> make_masquerade_target() { return std::make_unique<Masquerade>(); }
std::unique_ptr<Target> make_redirect_target() { return std::make_unique<Redirect>(); }

}  // namespace lvslab::net::netfilter
