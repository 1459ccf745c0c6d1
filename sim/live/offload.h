// What a NIC or the sending kernel left for later in a frame that a packet socket sees: a checksum
// that was only begun, several TCP segments in one frame, a VLAN tag kept apart. The model is given
// what would have been on the cable. Source: packet(7); virtio 1.1, 5.1.6 (the header that
// describes the first two).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace lvslab::live {

struct Offload {
  bool checksum_begun = false;        ///< the field holds the pseudo header's sum only
  std::uint32_t checksum_start = 0;   ///< offset in the frame of the first byte summed
  std::uint32_t checksum_offset = 0;  ///< of the field, counted from there
  enum class Joined : std::uint8_t { kNo, kTcp4, kOther } joined = Joined::kNo;
  std::uint32_t segment_payload = 0;  ///< joined: TCP payload bytes of each segment but the last
  bool tagged = false;
  std::uint16_t tag_type = 0, tag = 0;  ///< EtherType and TCI of a tag that is not in the frame
};

class Restorer {
 public:
  using Take = std::function<void(std::span<const std::uint8_t> frame)>;
  /// Hands `take` each frame as on a cable. `frame` is edited in place. False: the description does
  /// not fit the bytes, or frames are joined in a way not known here; nothing was taken.
  bool restore(std::span<std::uint8_t> frame, const Offload& offload, const Take& take);

 private:
  bool split_tcp(std::span<const std::uint8_t> frame, const Offload& offload, const Take& take);
  void take_tagged(std::span<const std::uint8_t> frame, const Offload& offload, const Take& take);
  std::vector<std::uint8_t> segment_, tagged_;  ///< kept, so that their storage is reused
};

}  // namespace lvslab::live
