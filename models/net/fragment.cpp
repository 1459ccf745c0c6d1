#include "net/fragment.h"

#include <algorithm>
#include <cstring>

#include "base/kernel_timer.h"

namespace lvslab::net {
namespace {

// Copies payload bytes [begin, end) of `from` behind what `to` holds; zeros stay a length where
// they can.
void copy_payload(const Packet& from, std::uint32_t header, std::uint32_t begin, std::uint32_t end,
                  Packet& to) {
  const std::uint32_t real = from.real_size() - header;
  const std::uint32_t real_end = std::min(end, real);
  if (begin < real_end) {
    if (to.zeros() > 0) {  // real bytes behind zeros: the zeros become real
      const std::uint32_t gap = to.zeros();
      to.trim(to.real_size());
      std::memset(to.append(gap), 0, gap);
    }
    std::memcpy(to.append(real_end - begin), from.data() + header + begin, real_end - begin);
    begin = real_end;
  }
  if (begin < end) to.append_zeros(end - begin);
}

// A fragment after the first carries only the options whose copy bit is set (RFC 791 3.1).
std::uint32_t copied_options(const std::uint8_t* header, std::uint32_t length, std::uint8_t* out) {
  std::uint32_t used = 0;
  for (std::uint32_t i = wire::kIpv4Header; i < length;) {
    const std::uint8_t kind = header[i];
    if (kind == 0) break;
    if (kind == 1) {
      ++i;
      continue;
    }
    if (i + 1 >= length || header[i + 1] < 2 || i + header[i + 1] > length) break;
    if ((kind & 0x80) != 0) {
      std::memcpy(out + used, header + i, header[i + 1]);
      used += header[i + 1];
    }
    i += header[i + 1];
  }
  while (used % 4 != 0) out[used++] = 0;
  return used;
}

void finish_header(std::uint8_t* p, std::uint32_t header, std::uint32_t total, std::uint32_t offset,
                   bool more) {
  p[0] = static_cast<std::uint8_t>(0x40 | (header / 4));
  wire::store16(p + 2, static_cast<std::uint16_t>(total));
  wire::store16(p + 6, static_cast<std::uint16_t>((more ? 0x2000 : 0) | (offset / 8)));
  wire::store16(p + 10, 0);
  wire::store16(p + 10, wire::checksum({p, header}));
}

}  // namespace

std::vector<Packet> fragment(Turn& turn, wire::Datagram&& datagram, std::uint32_t mtu) {
  std::vector<Packet> pieces;
  const Packet& whole = datagram.packet();
  const std::uint32_t header = datagram.header_length();
  const std::uint32_t payload = datagram.transport_length();
  const std::uint32_t base = datagram.ip().fragment_offset();
  const bool last_has_more = datagram.ip().more_fragments();
  if (mtu >= header + 8) {
    std::uint8_t options[44];
    const std::uint32_t option_bytes = copied_options(whole.data(), header, options);
    for (std::uint32_t begin = 0; begin < payload;) {
      const std::uint32_t this_header = begin == 0 ? header : wire::kIpv4Header + option_bytes;
      const std::uint32_t room = (mtu - this_header) / 8 * 8;
      const std::uint32_t end = std::min(payload, begin + room);
      Packet piece = turn.packets().make(this_header + (end - begin));
      std::uint8_t* p = piece.append(this_header);
      std::memcpy(p, whole.data(), std::min(this_header, header));
      if (begin != 0 && option_bytes > 0) {
        std::memcpy(p + wire::kIpv4Header, options, option_bytes);
      }
      finish_header(p, this_header, this_header + end - begin, base + begin,
                    end < payload || last_has_more);
      copy_payload(whole, header, begin, end, piece);
      piece.set_parent(whole.id());
      piece.set_tag(whole.tag());
      pieces.push_back(std::move(piece));
      begin = end;
    }
  }
  if (pieces.empty()) {
    turn.drop(datagram.take(), DropReason::kFragmentationNeeded);
  } else {
    turn.note(
        whole,
        {.kind = NoteKind::kFragmented, .x = static_cast<std::uint32_t>(pieces.size()), .y = mtu});
    turn.packets().retire(datagram.take());
  }
  return pieces;
}

std::optional<wire::Datagram> Fragments::add(Turn& turn, wire::Datagram&& piece,
                                             InterfaceIndex device, const GlobalConf& conf) {
  const wire::Ipv4View ip = piece.ip();
  auto found = std::find_if(waiting_.begin(), waiting_.end(), [&](const Assembly& a) {
    return a.source == ip.source() && a.destination == ip.destination() && a.id == ip.id() &&
           a.protocol == ip.protocol();
  });
  if (found == waiting_.end()) {
    // Over the memory limit nothing new is begun; what waits may still complete.
    if (memory_ + piece.packet().length() > static_cast<std::uint64_t>(conf.ipfrag_high_thresh)) {
      turn.drop(piece.take(), DropReason::kReassemblyMemory);
      return std::nullopt;
    }
    waiting_.push_back({ip.source(),
                        ip.destination(),
                        ip.id(),
                        ip.protocol(),
                        device,
                        kernel_timer_expiry(turn.now(), Duration::seconds(conf.ipfrag_time)),
                        0,
                        {}});
    found = waiting_.end() - 1;
  }
  Assembly& assembly = *found;
  const std::uint32_t begin = ip.fragment_offset();
  const std::uint32_t end = begin + piece.transport_length();
  const bool last = !ip.more_fragments();
  const bool misaligned = !last && (end - begin) % 8 != 0;
  const bool beyond = end > 65'535 || (assembly.total != 0 &&
                                       (end > assembly.total || (last && end != assembly.total)));
  auto place = std::lower_bound(assembly.pieces.begin(), assembly.pieces.end(), begin,
                                [](const Piece& p, std::uint32_t b) { return p.begin < b; });
  if (place != assembly.pieces.end() && place->begin == begin && place->end == end) {
    turn.drop(piece.take(), DropReason::kReassemblyOverlap);  // an exact duplicate: only it goes
    return std::nullopt;
  }
  const bool overlaps = (place != assembly.pieces.end() && place->begin < end) ||
                        (place != assembly.pieces.begin() && std::prev(place)->end > begin);
  if (misaligned || beyond || overlaps || assembly.pieces.size() >= kMostPieces) {
    turn.drop(piece.take(), DropReason::kReassemblyOverlap);
    drop_all(turn, assembly, DropReason::kReassemblyOverlap);
    waiting_.erase(found);
    return std::nullopt;
  }
  if (last) assembly.total = end;
  memory_ += piece.packet().length();
  assembly.pieces.insert(place, {begin, end, piece.take()});

  std::uint32_t covered = 0;
  for (const Piece& p : assembly.pieces) {
    if (p.begin != covered) return std::nullopt;
    covered = p.end;
  }
  if (assembly.total == 0 || covered != assembly.total) return std::nullopt;
  std::optional<wire::Datagram> whole = assemble(turn, assembly);
  waiting_.erase(found);
  return whole;
}

std::optional<wire::Datagram> Fragments::assemble(Turn& turn, Assembly& assembly) {
  const Packet& first = assembly.pieces.front().packet;
  const std::uint32_t header = wire::Ipv4View{first.data()}.header_length();
  if (header + assembly.total > 65'535 || header + assembly.total > PacketPool::kLargest) {
    drop_all(turn, assembly, DropReason::kReassemblyMemory);
    return std::nullopt;
  }
  Packet whole = turn.packets().make(header + assembly.total);
  std::memcpy(whole.append(header), first.data(), header);
  finish_header(whole.edit(), header, header + assembly.total, 0, false);
  for (const Piece& p : assembly.pieces) {
    copy_payload(p.packet, wire::Ipv4View{p.packet.data()}.header_length(), 0, p.end - p.begin,
                 whole);
  }
  whole.set_tag(first.tag());
  turn.note(whole, {.kind = NoteKind::kReassembled,
                    .x = static_cast<std::uint32_t>(assembly.pieces.size()),
                    .y = whole.length()});
  last_whole_ = whole.id();
  last_largest_ = 0;
  for (Piece& p : assembly.pieces) {
    memory_ -= p.packet.length();
    last_largest_ = std::max(last_largest_, p.packet.length());
    turn.deliver(std::move(p.packet));
  }
  return wire::Datagram::trusted(std::move(whole));
}

void Fragments::drop_all(Turn& turn, Assembly& assembly, DropReason reason) {
  for (Piece& p : assembly.pieces) {
    memory_ -= p.packet.length();
    turn.drop(std::move(p.packet), reason);
  }
  assembly.pieces.clear();
}

std::vector<Fragments::Expired> Fragments::expire(Turn& turn) {
  std::vector<Expired> expired;
  for (std::size_t i = 0; i < waiting_.size();) {
    Assembly& assembly = waiting_[i];
    if (assembly.deadline > turn.now()) {
      ++i;
      continue;
    }
    if (assembly.pieces.front().begin == 0) {
      Piece& first = assembly.pieces.front();
      memory_ -= first.packet.length();
      expired.push_back({wire::Datagram::trusted(std::move(first.packet)), assembly.device});
      assembly.pieces.erase(assembly.pieces.begin());
    }
    drop_all(turn, assembly, DropReason::kReassemblyTimeout);
    waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
  }
  return expired;
}

void Fragments::clear(Turn& turn) {
  for (Assembly& assembly : waiting_) drop_all(turn, assembly, DropReason::kPowerOff);
  waiting_.clear();
}

Instant Fragments::next_wake() const {
  Instant next = Instant::never();
  for (const Assembly& a : waiting_) next = std::min(next, a.deadline);
  return next;
}

}  // namespace lvslab::net
