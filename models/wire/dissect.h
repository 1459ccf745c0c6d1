// Any bytes as layers of named fields, in Wireshark's names. Total: never fails, reads only what is
// there; what cannot be decoded ends in a layer "undecoded". Trace, diff, filters and the GUI need
// nothing else.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wire/address.h"

namespace lvslab::wire {

enum class FieldType : std::uint8_t { kNumber, kHex, kFlag, kIpv4, kMac, kText, kBytes };

struct Field {
  std::string_view
      name;  ///< Wireshark's name without the layer prefix: "src", "ttl", "flags.df", "checksum"
  FieldType type = FieldType::kNumber;
  std::uint64_t value = 0;  ///< number, flag, IPv4 (host order), MAC; kText/kBytes: unused
  std::string text;         ///< kText, kBytes (hex)
  std::uint32_t offset = 0, size = 0;  ///< place in the frame, for selecting bytes
};

struct Layer {
  std::string_view name;  ///< "eth" "vlan" "arp" "ip" "icmp" "udp" "tcp" "data" "undecoded"
  std::uint32_t offset = 0, size = 0;
  std::vector<Field> fields;
  const Field* find(std::string_view field) const;
};

enum class LinkType : std::uint8_t { kEthernet, kRawIp };  ///< tunl0 shows raw IP

/// `bytes` are the real ones, `zeros` more follow. Fields of eth: dst src type (or len) padding
/// trailer; vlan: priority dei id etype; ip: version hdr_len dsfield dsfield.dscp dsfield.ecn len
/// id flags flags.rb flags.df flags.mf frag_offset (units of 8 bytes, as in Wireshark's filters)
/// ttl proto checksum checksum.status src dst opt.type; arp: hw.type proto.type hw.size proto.size
/// opcode isgratuitous isannouncement isprobe (only when true) src.hw_mac src.proto_ipv4 dst.hw_mac
/// dst.proto_ipv4; tcp: srcport dstport seq seq_raw ack ack_raw (all raw) hdr_len flags flags.res
/// .ae .cwr .ece .urg .ack .push .reset .syn .fin window_size_value checksum checksum.status
/// urgent_pointer options.mss_val options.sack_perm options.wscale.shift
/// options.timestamp.tsval/.tsecr options.sack.count/_le/_re options.toa.ip/.port len; udp: srcport
/// dstport length checksum checksum.status; icmp: type code checksum checksum.status ident seq mtu
/// redir_gw pointer, and an error's quoted packet as further ip/tcp/udp layers; data: len data (the
/// first 64 bytes as "47:45:54") text (when these are printable); undecoded: reason len data.
/// checksum.status: 0 bad, 1 good, 2 not verified (fragments, quoted and cut packets), 3 not
/// present (UDP).
std::vector<Layer> dissect(std::span<const std::uint8_t> bytes, std::uint32_t zeros, LinkType link);

/// The value as people read it: "192.168.0.1", "0x1a2b", "64"; a flag is "1" or "0". Text is given
/// raw, line ends and all.
std::string field_text(const Field& field);

/// One line as a packet list shows it: "TCP 192.168.0.1:40000 -> 10.0.0.1:80 [SYN] seq=0 len=0",
/// "ARP who-has 10.0.0.1 tell 10.0.0.2", "IPIP outer 10.0.0.1 -> 10.0.0.2 | TCP ...".
std::string summary(const std::vector<Layer>& layers);

}  // namespace lvslab::wire
