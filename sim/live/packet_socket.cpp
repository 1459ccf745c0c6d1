#include "live/packet_socket.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace lvslab::live {
namespace {

constexpr std::size_t kLongestFrame = 65'536 + 64;  // joined segments and their headers
constexpr int kReceiveBuffer = 4 * 1024 * 1024;
constexpr std::array<std::uint8_t, 16'384> kZeros{};

// What PACKET_VNET_HDR puts in front of each frame, in this machine's byte order. (The kernel's own
// header for it, linux/virtio_net.h, uses a C++ keyword as a name.)
struct VirtioHeader {
  std::uint8_t flags = 0;
  std::uint8_t joined = 0;
  std::uint16_t header_length = 0;
  std::uint16_t segment_payload = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(VirtioHeader) == 10);
constexpr std::uint8_t kNeedsChecksum = 1;
constexpr std::uint8_t kJoinedTcp4 = 1;
constexpr std::uint8_t kEcnBit = 0x80;

Error system_error(const std::string& what, int number, std::string hint = {}) {
  if (number == EPERM || number == EACCES)
    hint = "packet sockets need root or CAP_NET_RAW, in the namespace of the interface";
  return {what + ": " + std::strerror(number), std::move(hint)};
}

template <typename T>
bool set_option(int descriptor, int level, int name, const T& value) {
  return setsockopt(descriptor, level, name, &value, sizeof value) == 0;
}

sockaddr_ll address_of(int index) {
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  return address;
}

// What the kernel says about the frame beside its bytes: virtio's header in front of it, the tag it
// took off in the control data.
Offload describe(const VirtioHeader& head, msghdr& message) {
  Offload offload;
  offload.checksum_begun = (head.flags & kNeedsChecksum) != 0;
  offload.checksum_start = head.checksum_start;
  offload.checksum_offset = head.checksum_offset;
  const int kind = head.joined & ~kEcnBit;
  if (kind != 0) {
    offload.joined = kind == kJoinedTcp4 ? Offload::Joined::kTcp4 : Offload::Joined::kOther;
    offload.segment_payload = head.segment_payload;
  }
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
    if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA) continue;
    tpacket_auxdata aux{};
    std::memcpy(&aux, CMSG_DATA(c), sizeof aux);
    if ((aux.tp_status & TP_STATUS_VLAN_VALID) == 0) continue;
    offload.tagged = true;
    offload.tag = aux.tp_vlan_tci;
    offload.tag_type =
        (aux.tp_status & TP_STATUS_VLAN_TPID_VALID) != 0 ? aux.tp_vlan_tpid : ETH_P_8021Q;
  }
  return offload;
}

}  // namespace

std::optional<Nic> find_nic(const std::string& name) {
  ifreq request{};
  if (name.empty() || name.size() >= sizeof request.ifr_name) return std::nullopt;
  const int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return std::nullopt;
  name.copy(request.ifr_name, name.size());
  const auto ask = [&](unsigned long what) { return ioctl(descriptor, what, &request) == 0; };
  std::optional<Nic> nic(std::in_place);
  nic->name = name;
  if (ask(SIOCGIFINDEX)) {
    nic->index = request.ifr_ifindex;
    if (ask(SIOCGIFMTU)) nic->mtu = static_cast<std::uint32_t>(request.ifr_mtu);
    if (ask(SIOCGIFFLAGS)) nic->up = (request.ifr_flags & IFF_UP) != 0;
    if (ask(SIOCGIFHWADDR)) {
      nic->ethernet = request.ifr_hwaddr.sa_family == ARPHRD_ETHER;
      std::array<std::uint8_t, 6> mac{};
      std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
      nic->mac = wire::Mac::load(mac.data());
    }
  } else {
    nic.reset();
  }
  ::close(descriptor);
  return nic;
}

// Bound only once its options are set: no frame comes undescribed, or from another interface.
Result<PacketSocket> PacketSocket::open(const Nic& nic) {
  const std::string what = "cannot open a packet socket on " + nic.name;
  const int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return tl::unexpected(system_error(what, errno));
  PacketSocket opened(descriptor, nic);
  const int on = 1;
  if (!set_option(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer))
    set_option(descriptor, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  // Kernels before 4.20 do not know it; receive() looks at each frame's kind anyway.
  set_option(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, on);
  if (!set_option(descriptor, SOL_PACKET, PACKET_AUXDATA, on) ||
      !set_option(descriptor, SOL_PACKET, PACKET_VNET_HDR, on))
    return tl::unexpected(system_error(what, errno));
  const sockaddr_ll address = address_of(nic.index);
  if (bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return tl::unexpected(system_error(what, errno));
  return opened;
}

PacketSocket::PacketSocket(int descriptor, const Nic& nic)
    : descriptor_(descriptor), nic_(nic), buffer_(kLongestFrame) {}

PacketSocket::PacketSocket(PacketSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      nic_(std::move(other.nic_)),
      accepts_all_(other.accepts_all_),
      buffer_(std::move(other.buffer_)),
      frame_size_(other.frame_size_),
      offload_(other.offload_) {}

PacketSocket::~PacketSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

PacketSocket::Got PacketSocket::receive() {
  VirtioHeader head;
  std::array<iovec, 2> parts{{{&head, sizeof head}, {buffer_.data(), buffer_.size()}}};
  sockaddr_ll from{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(tpacket_auxdata))> control{};
  msghdr message{};
  message.msg_name = &from;
  message.msg_namelen = sizeof from;
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(descriptor_, &message, MSG_DONTWAIT);
  if (size < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return Got::kNothing;
    // A frame joined in a way that virtio's header has no word for is refused with EINVAL.
    return errno == EINVAL ? Got::kRefused : Got::kDown;
  }
  if (from.sll_pkttype == PACKET_OUTGOING || static_cast<std::size_t>(size) < sizeof head ||
      (message.msg_flags & MSG_TRUNC) != 0)
    return Got::kRefused;
  frame_size_ = static_cast<std::size_t>(size) - sizeof head;
  offload_ = describe(head, message);
  return Got::kFrame;
}

bool PacketSocket::send(const Packet& packet) {
  VirtioHeader head;  // nothing is left for later
  std::array<iovec, 8> parts{};
  std::size_t count = 0;
  parts[count++] = {&head, sizeof head};
  parts[count++] = {const_cast<std::uint8_t*>(packet.data()), packet.real_size()};
  for (std::uint32_t zeros = packet.zeros(); zeros > 0;) {
    if (count == parts.size()) return false;
    const auto part = std::min<std::size_t>(zeros, kZeros.size());
    parts[count++] = {const_cast<std::uint8_t*>(kZeros.data()), part};
    zeros -= static_cast<std::uint32_t>(part);
  }
  return writev(descriptor_, parts.data(), static_cast<int>(count)) >= 0;
}

void PacketSocket::accept_all_macs() {
  if (std::exchange(accepts_all_, true)) return;
  packet_mreq membership{};
  membership.mr_ifindex = nic_.index;
  membership.mr_type = PACKET_MR_PROMISC;
  set_option(descriptor_, SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership);
}

bool PacketSocket::interface_exists() const {
  std::array<char, IF_NAMESIZE> name{};
  return if_indextoname(static_cast<unsigned>(nic_.index), name.data()) != nullptr;
}

std::uint32_t PacketSocket::missed() {
  tpacket_stats stats{};
  socklen_t size = sizeof stats;
  if (getsockopt(descriptor_, SOL_PACKET, PACKET_STATISTICS, &stats, &size) != 0) return 0;
  return stats.tp_drops;
}

}  // namespace lvslab::live
