#include "lvs/forwarders/toa.h"

#include <algorithm>
#include <cstring>

#include "wire/checksum.h"
#include "wire/ipv4.h"
#include "wire/tcp.h"

namespace lvslab::lvs {

namespace {

constexpr std::uint8_t kEnd = 0, kNop = 1, kMss = 2, kSack = 5, kTimestamps = 8, kToa = 254;
constexpr std::uint32_t kLongestHeader = 60;
constexpr std::uint32_t kSequence = 4, kAcknowledgement = 8, kOffset = 12, kChecksum = 16;

/// Bytes of header that can be edited: options only if the header says they are there and they are.
std::uint32_t header_size(const wire::Datagram& d) {
  const std::uint32_t size = wire::TcpView{d.transport()}.header_length();
  return size < wire::kTcpHeader || size > d.transport_real_size() ? wire::kTcpHeader : size;
}

/// Keeps the checksum right by the difference of what the header came to before and after.
class Mending {
 public:
  explicit Mending(wire::Datagram& d) : datagram_(d), before_(sum()) {}
  Mending(const Mending&) = delete;
  Mending& operator=(const Mending&) = delete;
  ~Mending() {
    std::uint8_t* field = datagram_.edit_transport() + kChecksum;
    const auto open = static_cast<std::uint16_t>(~wire::load16(field));
    wire::store16(field, wire::finish_sum(open + wire::finish_sum(before_) + sum()));
  }

 private:
  /// The checksum itself is among the words: it is the same both times.
  std::uint64_t sum() const {
    return wire::sum_words({datagram_.transport(), header_size(datagram_)},
                           datagram_.transport_length());
  }
  wire::Datagram& datagram_;
  std::uint64_t before_;
};

/// Calls `edit(option, length)` for each option that is whole; a malformed list ends the walk.
template <typename Edit>
void each_option(wire::Datagram& d, Edit edit) {
  const std::uint32_t size = header_size(d);
  std::uint8_t* tcp = d.edit_transport();
  for (std::uint32_t at = wire::kTcpHeader; at < size && tcp[at] != kEnd;) {
    if (tcp[at] == kNop) {
      ++at;
      continue;
    }
    const std::uint32_t length = at + 1 < size ? tcp[at + 1] : 0u;
    if (length < 2 || at + length > size) return;
    edit(tcp + at, length);
    at += length;
  }
}

void shift_field(std::uint8_t* field, std::uint32_t by) {
  wire::store32(field, wire::load32(field) + by);
}

bool insert_toa(wire::Datagram& d, const wire::Endpoint& client, std::uint32_t mtu) {
  const std::uint32_t longest =
      mtu == 0 ? PacketPool::kLargest : std::min(mtu, PacketPool::kLargest);
  if (wire::TcpView{d.transport()}.header_length() != header_size(d) ||
      header_size(d) + kToaLength > kLongestHeader || d.packet().length() + kToaLength > longest) {
    return false;
  }
  const std::uint32_t front = d.header_length() + wire::kTcpHeader;
  std::uint8_t* p = d.packet().push(kToaLength);
  std::memmove(p, p + kToaLength, front);
  p[front] = kToa;
  p[front + 1] = kToaLength;
  wire::store16(p + front + 2, client.port);
  client.address.store(p + front + 4);
  const std::uint16_t length = wire::load16(p + 2);
  const auto longer = static_cast<std::uint16_t>(length + kToaLength);
  wire::store16(p + 10, wire::update_checksum(wire::load16(p + 10), length, longer));
  wire::store16(p + 2, longer);
  std::uint8_t* offset = p + d.header_length() + kOffset;
  *offset = static_cast<std::uint8_t>(*offset + (kToaLength / 4 << 4));
  return true;
}

}  // namespace

bool shift_request(wire::Datagram& datagram, LocalEnd& end, const wire::Endpoint& client,
                   std::uint32_t mtu) {
  const wire::TcpView tcp{datagram.transport()};
  const std::uint8_t flags = tcp.flags();
  const bool syn = (flags & wire::kSyn) != 0;
  if (syn && !end.shifted) {
    end.shift = end.first - tcp.sequence();
    end.shifted = true;
  }
  const bool before_data = end.answered && (flags & (wire::kSyn | wire::kRst | wire::kFin)) == 0 &&
                           (flags & wire::kAck) != 0 && tcp.acknowledgement() == end.first_reply;
  if (!end.shifted && !before_data) return false;
  const Mending mending(datagram);
  shift_field(datagram.edit_transport() + kSequence, end.shift);
  if (syn) {
    each_option(datagram, [](std::uint8_t* option, std::uint32_t length) {
      if (option[0] == kTimestamps) std::memset(option, kNop, length);
    });
  }
  return (syn || before_data) && insert_toa(datagram, client, mtu);
}

void shift_reply(wire::Datagram& datagram, LocalEnd& end) {
  const wire::TcpView tcp{datagram.transport()};
  const std::uint8_t flags = tcp.flags();
  const bool syn = (flags & wire::kSyn) != 0;
  if (syn) {
    end.first_reply = tcp.sequence() + 1;
    end.answered = true;
  }
  if (!end.shifted && !syn) return;
  const Mending mending(datagram);
  const std::uint32_t back = 0u - end.shift;
  if ((flags & wire::kAck) != 0) shift_field(datagram.edit_transport() + kAcknowledgement, back);
  each_option(datagram, [&](std::uint8_t* option, std::uint32_t length) {
    if (syn && option[0] == kMss && length == 4) {
      const std::uint16_t mss = wire::load16(option + 2);
      if (mss > kToaLength) wire::store16(option + 2, static_cast<std::uint16_t>(mss - kToaLength));
    }
    if (option[0] == kSack && (length - 2) % 8 == 0) {
      for (std::uint32_t edge = 2; edge < length; edge += 4) shift_field(option + edge, back);
    }
  });
}

}  // namespace lvslab::lvs
