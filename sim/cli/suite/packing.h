// Numbers and texts as bytes, for the way from a worker to its parent: both are the same program.
// Packing and unpacking can go through one description of the fields, so they cannot disagree.
// What is no packing of anything spoils the unpacker: everything read after is empty, good() false.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

namespace lvslab::cli {

class Packer {
 public:
  void number(std::uint64_t value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void text(const std::string& value) {
    number(value.size());
    bytes_ += value;
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : rest_(bytes) {}
  template <typename Number>
  void number(Number& value) {
    std::uint64_t read = 0;
    if (rest_.size() < sizeof read) return spoil();
    std::memcpy(&read, rest_.data(), sizeof read);
    rest_.remove_prefix(sizeof read);
    value = static_cast<Number>(read);
  }
  void text(std::string& value) {
    std::uint64_t size = 0;
    number(size);
    if (size > rest_.size()) return spoil();
    value = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  bool whole() const { return good_ && rest_.empty(); }
  bool good() const { return good_; }

 private:
  void spoil() {
    good_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace lvslab::cli
