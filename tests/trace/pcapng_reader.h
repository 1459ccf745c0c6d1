// pcapng as a test reads it: blocks by the letter of the format, so that what tshark forgives is
// seen.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace lvslab::trace {

struct PcapngFile {
  struct Interface {
    std::uint16_t link_type = 0;
    std::string name;
    int resolution = 6;  ///< stamps count 10^-resolution seconds
  };
  struct Packet {
    std::uint32_t interface = 0;
    std::uint64_t stamp = 0;
    std::string bytes, comment;
    std::uint32_t flags = 0;
  };
  std::vector<Interface> interfaces;
  std::vector<Packet> packets;
};

namespace pcapng {

inline std::uint32_t word(const std::string& text, std::size_t at) {
  std::uint32_t value = 0;
  if (at + 4 <= text.size()) std::memcpy(&value, text.data() + at, 4);
  return value;
}
inline std::uint16_t half(const std::string& text, std::size_t at) {
  return static_cast<std::uint16_t>(word(text + "\0\0", at) & 0xffff);
}

template <typename Take>
void options(const std::string& block, std::size_t at, const Take& take) {
  while (at + 4 <= block.size() - 4) {
    const std::uint16_t code = half(block, at), length = half(block, at + 2);
    if (code == 0) {
      EXPECT_EQ(length, 0);
      EXPECT_EQ(at + 8, block.size()) << "options end where the block ends";
      return;
    }
    ASSERT_LE(at + 4 + length, block.size() - 4);
    take(code, block.substr(at + 4, length));
    at += 4 + (length + 3u) / 4 * 4;
  }
  ADD_FAILURE() << "no end of options";
}

}  // namespace pcapng

inline PcapngFile read_pcapng(const std::string& text) {
  PcapngFile file;
  for (std::size_t at = 0; at < text.size();) {
    const std::uint32_t length = pcapng::word(text, at + 4);
    if (length < 12 || length % 4 != 0 || at + length > text.size() ||
        pcapng::word(text, at + length - 4) != length) {
      ADD_FAILURE() << "a block at " << at << " has a wrong length " << length;
      return file;
    }
    const std::string block = text.substr(at, length);
    const std::uint32_t type = pcapng::word(block, 0);
    if (at == 0) {
      EXPECT_EQ(type, 0x0a0d0d0au);
    }
    if (type == 1) {
      PcapngFile::Interface nic{.link_type = pcapng::half(block, 8), .name = {}};
      pcapng::options(block, 16, [&](std::uint16_t code, const std::string& value) {
        if (code == 2) nic.name = value;
        if (code == 9) nic.resolution = value[0];
      });
      file.interfaces.push_back(nic);
    } else if (type == 6) {
      PcapngFile::Packet packet{.interface = pcapng::word(block, 8)};
      packet.stamp = (std::uint64_t{pcapng::word(block, 12)} << 32) | pcapng::word(block, 16);
      const std::uint32_t captured = pcapng::word(block, 20);
      EXPECT_EQ(captured, pcapng::word(block, 24)) << "no frame is cut";
      EXPECT_LT(packet.interface, file.interfaces.size())
          << "an interface is described before its first frame";
      packet.bytes = block.substr(28, captured);
      pcapng::options(block, 28 + (captured + 3u) / 4 * 4,
                      [&](std::uint16_t code, const std::string& value) {
                        if (code == 1) packet.comment = value;
                        if (code == 2) packet.flags = pcapng::word(value, 0);
                      });
      file.packets.push_back(std::move(packet));
    }
    at += length;
  }
  return file;
}

}  // namespace lvslab::trace
