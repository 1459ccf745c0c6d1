// What the dissectors of the single layers share: a reader over real bytes and zeros behind them,
// and the list of layers that grows. Every dissector is given the range [at, end) that is there,
// reads nothing beyond it, and leaves what it cannot decode in a layer "undecoded".
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/dissect.h"

namespace lvslab::wire::detail {

/// Values of checksum.status as Wireshark numbers them.
inline constexpr std::uint64_t kChecksumBad = 0, kChecksumGood = 1, kChecksumUnverified = 2,
                               kChecksumNotPresent = 3;

/// Payload bytes that are shown at most.
inline constexpr std::uint32_t kShownBytes = 64;
/// Encapsulation and VLAN tags end here: a hostile frame could hold thousands of either.
inline constexpr std::size_t kMostLayers = 24;

/// A frame as if its zeros were real bytes.
class Reader {
 public:
  Reader(std::span<const std::uint8_t> bytes, std::uint32_t zeros)
      : bytes_(bytes.first(bytes.size() < kLongest ? bytes.size() : kLongest)),
        length_(static_cast<std::uint32_t>(bytes_.size()) + (zeros < kLongest ? zeros : kLongest)) {
  }
  std::uint32_t length() const { return length_; }
  std::uint8_t u8(std::uint32_t at) const {
    return at < bytes_.size() ? bytes_[at] : std::uint8_t{0};
  }
  std::uint16_t u16(std::uint32_t at) const {
    return static_cast<std::uint16_t>((u8(at) << 8) | u8(at + 1));
  }
  std::uint32_t u32(std::uint32_t at) const { return (std::uint32_t{u16(at)} << 16) | u16(at + 2); }
  std::uint64_t mac(std::uint32_t at) const { return (std::uint64_t{u16(at)} << 32) | u32(at + 2); }
  /// Checksum sum of [at, end).
  std::uint64_t sum(std::uint32_t at, std::uint32_t end, std::uint64_t sum = 0) const;
  /// Whether [at, end) holds nothing but 0.
  bool all_zero(std::uint32_t at, std::uint32_t end) const;
  /// "47:45:54", at most kShownBytes.
  std::string hex(std::uint32_t at, std::uint32_t end) const;

 private:
  static constexpr std::uint32_t kLongest = 1u << 30;  // so that no place overflows 32 bits
  std::span<const std::uint8_t> bytes_;
  std::uint32_t length_;
};

/// Adds fields to one layer.
class Fields {
 public:
  Fields(const Reader& frame, Layer& layer) : frame_(frame), layer_(layer) {}

  void number8(std::string_view name, std::uint32_t at) { number(name, frame_.u8(at), at, 1); }
  void number16(std::string_view name, std::uint32_t at) { number(name, frame_.u16(at), at, 2); }
  void number32(std::string_view name, std::uint32_t at) { number(name, frame_.u32(at), at, 4); }
  void hex16(std::string_view name, std::uint32_t at) {
    add(name, FieldType::kHex, frame_.u16(at), at, 2);
  }
  void ipv4(std::string_view name, std::uint32_t at) {
    add(name, FieldType::kIpv4, frame_.u32(at), at, 4);
  }
  void mac(std::string_view name, std::uint32_t at) {
    add(name, FieldType::kMac, frame_.mac(at), at, 6);
  }
  void number(std::string_view name, std::uint64_t value, std::uint32_t at, std::uint32_t size) {
    add(name, FieldType::kNumber, value, at, size);
  }
  void flag(std::string_view name, bool value, std::uint32_t at, std::uint32_t size) {
    add(name, FieldType::kFlag, value ? 1 : 0, at, size);
  }
  void bytes(std::string_view name, std::uint32_t at, std::uint32_t end) {
    add(name, FieldType::kBytes, 0, at, end - at, frame_.hex(at, end));
  }
  void add(std::string_view name, FieldType type, std::uint64_t value, std::uint32_t at,
           std::uint32_t size, std::string text = {}) {
    layer_.fields.push_back({name, type, value, std::move(text), at, size});
  }

 private:
  const Reader& frame_;
  Layer& layer_;
};

struct Dissection {
  Reader frame;
  std::vector<Layer> layers;
  bool quoted =
      false;  ///< inside the packet that an ICMP error quotes: only its beginning is there

  Layer& add(std::string_view name, std::uint32_t at, std::uint32_t size) {
    layers.push_back({name, at, size, {}});
    return layers.back();
  }
};

/// What the transport dissectors need to know of the IP header in front of them.
struct IpContext {
  std::uint32_t source = 0, destination = 0;
  std::uint32_t payload_length = 0;  ///< by the IP header; more than is there when truncated
  bool fragment = false;             ///< the first one: the payload goes on elsewhere
  bool whole = false;                ///< the transport checksum can be judged
};

void dissect_ipv4(Dissection& d, std::uint32_t at, std::uint32_t end);
void dissect_tcp(Dissection& d, std::uint32_t at, std::uint32_t end, const IpContext& ip);
void dissect_udp(Dissection& d, std::uint32_t at, std::uint32_t end, const IpContext& ip);
void dissect_icmp(Dissection& d, std::uint32_t at, std::uint32_t end, const IpContext& ip);
/// A payload nobody looks into; nothing when [at, end) is empty.
void dissect_data(Dissection& d, std::uint32_t at, std::uint32_t end);
void dissect_undecoded(Dissection& d, std::uint32_t at, std::uint32_t end, std::string_view reason);

}  // namespace lvslab::wire::detail
