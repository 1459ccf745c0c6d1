#include "import/json_tree.h"

#include <iterator>
#include <nlohmann/json.hpp>

namespace lvslab::importer {
namespace {

constexpr std::size_t kMostValues = 40 * limits::kItems;

/// Counts what the parser has taken: the events themselves do not say where they are.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    if (reached_ != nullptr) *reached_ = at_;
    return *this;
  }
  CountingIterator operator++(int) {
    const CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  Builder(const TextFile& file, Problems& problems, const char* const* reached)
      : file_(file), problems_(problems), reached_(reached) {}

  bool null() { return scalar(JsonValue::Kind::kNull, {}); }
  bool boolean(bool value) { return scalar(JsonValue::Kind::kFlag, value ? "true" : "false"); }
  bool number_integer(number_integer_t value) {
    return scalar(JsonValue::Kind::kNumber, std::to_string(value));
  }
  bool number_unsigned(number_unsigned_t value) {
    return scalar(JsonValue::Kind::kNumber, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t& text) {
    return scalar(JsonValue::Kind::kNumber, text);
  }
  bool string(string_t& text) { return scalar(JsonValue::Kind::kText, std::move(text)); }
  bool binary(binary_t&) { return false; }
  bool start_object(std::size_t) { return open(JsonValue::Kind::kMap); }
  bool start_array(std::size_t) { return open(JsonValue::Kind::kList); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(string_t& name) {
    key_ = std::move(name);
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) {
    problems_.add(file_, position == 0 ? 0 : position - 1, "this is not JSON",
                  "Collect it again with `ip -j`");
    return false;
  }

  JsonValue root;

 private:
  std::size_t offset() const {
    const auto taken = static_cast<std::size_t>(*reached_ - file_.text.data());
    return taken == 0 ? 0 : taken - 1;
  }
  JsonValue* place(JsonValue value) {
    if (++values_ > kMostValues) {
      problems_.add(file_, offset(), "more than " + std::to_string(kMostValues) + " values");
      return nullptr;
    }
    value.offset = offset();
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    JsonValue& parent = *open_.back();
    if (parent.kind == JsonValue::Kind::kMap) parent.keys.push_back(std::move(key_));
    return &parent.items.emplace_back(std::move(value));
  }
  bool scalar(JsonValue::Kind kind, std::string text) {
    return place({.kind = kind, .offset = 0, .text = std::move(text), .items = {}, .keys = {}}) !=
           nullptr;
  }
  // A parent's list does not grow while one of its values is open: the pointers stay good.
  bool open(JsonValue::Kind kind) {
    if (open_.size() == limits::kDepth) {
      problems_.add(file_, offset(),
                    "nested deeper than " + std::to_string(limits::kDepth) + " levels");
      return false;
    }
    JsonValue* const made = place({.kind = kind, .offset = 0, .text = {}, .items = {}, .keys = {}});
    if (made == nullptr) return false;
    open_.push_back(made);
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  const TextFile& file_;
  Problems& problems_;
  const char* const* reached_;
  std::vector<JsonValue*> open_;
  std::string key_;
  std::size_t values_ = 0;
};

}  // namespace

const JsonValue* JsonValue::find(std::string_view name) const {
  for (std::size_t i = keys.size(); i > 0; --i) {
    if (keys[i - 1] == name) return &items[i - 1];
  }
  return nullptr;
}

std::optional<JsonValue> read_json(const TextFile& file, Problems& problems) {
  const char* reached = file.text.data();
  Builder builder(file, problems, &reached);
  const char* const begin = file.text.data();
  const bool fine =
      nlohmann::json::sax_parse(CountingIterator(begin, &reached),
                                CountingIterator(begin + file.text.size(), nullptr), &builder);
  if (!fine) return std::nullopt;
  return std::move(builder.root);
}

}  // namespace lvslab::importer
