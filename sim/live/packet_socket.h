// A packet socket on one real interface: whole Ethernet frames in and out, past the kernel's own
// stack (packet(7): AF_PACKET, SOCK_RAW, ETH_P_ALL; frames that this machine sends are ignored).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/packet.h"
#include "base/result.h"
#include "live/offload.h"
#include "wire/address.h"

namespace lvslab::live {

/// A real interface as netdevice(7) describes it.
struct Nic {
  std::string name;
  int index = 0;
  wire::Mac mac;
  std::uint32_t mtu = 0;
  bool ethernet = false;
  bool up = false;
};
/// Nothing: no interface of this name here.
std::optional<Nic> find_nic(const std::string& name);

class PacketSocket {
 public:
  static Result<PacketSocket> open(const Nic& nic);
  PacketSocket(PacketSocket&& other) noexcept;
  PacketSocket& operator=(PacketSocket&&) = delete;
  PacketSocket(const PacketSocket&) = delete;
  PacketSocket& operator=(const PacketSocket&) = delete;
  ~PacketSocket();

  int descriptor() const { return descriptor_; }
  const Nic& nic() const { return nic_; }

  enum class Got : std::uint8_t {
    kFrame,    ///< frame() and offload() are the next one
    kNothing,  ///< none is waiting
    kRefused,  ///< one that is not for us: of our own sending, or undescribed by the kernel
    kDown,     ///< the interface went down; frames may come again once it is up
  };
  Got receive();
  std::span<std::uint8_t> frame() { return {buffer_.data(), frame_size_}; }
  const Offload& offload() const { return offload_; }

  /// False: the kernel did not take it (its queue is full, the interface is down, too long).
  bool send(const Packet& packet);

  /// Also frames for other MACs than the NIC's own. Asking again does nothing.
  void accept_all_macs();
  /// False: the interface was removed; nothing will come any more.
  bool interface_exists() const;
  /// Frames the kernel had no room to keep for us, since the last call.
  std::uint32_t missed();

 private:
  PacketSocket(int descriptor, const Nic& nic);
  int descriptor_;
  Nic nic_;
  bool accepts_all_ = false;
  std::vector<std::uint8_t> buffer_;
  std::size_t frame_size_ = 0;
  Offload offload_;
};

}  // namespace lvslab::live
