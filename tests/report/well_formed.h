// A strict little reader of markup: every element is closed by its own end tag (or is empty by
// itself or by HTML's rule), attributes are quoted, entities known, no raw '<' or '&' in text.
#pragma once

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

namespace lvslab::report {

struct Markup {
  struct Element {
    std::string name;
    std::vector<std::pair<std::string, std::string>> attributes;
    const std::string* find(std::string_view attribute) const {
      for (const auto& [key, value] : attributes) {
        if (key == attribute) return &value;
      }
      return nullptr;
    }
  };
  std::string problem;  ///< empty: well formed
  std::vector<Element> elements;
  std::string text;  ///< all of it, entities as they stand, but for style and script
};

class MarkupReader {
 public:
  explicit MarkupReader(std::string_view all) : rest_(all), size_(all.size()) {}

  Markup read() {
    while (result_.problem.empty() && !rest_.empty()) {
      if (rest_.front() == '<')
        tag();
      else
        words();
    }
    if (result_.problem.empty() && !open_.empty()) wrong("never closed: " + open_.back());
    return std::move(result_);
  }

 private:
  void wrong(const std::string& what) {
    if (result_.problem.empty())
      result_.problem = what + " at byte " + std::to_string(size_ - rest_.size());
  }
  static bool empty_by_rule(std::string_view name) {
    return name == "meta" || name == "br" || name == "hr" || name == "link" || name == "img" ||
           name == "input";
  }
  bool entities_known(std::string_view text) {
    for (std::size_t i = text.find('&'); i != std::string_view::npos; i = text.find('&', i + 1)) {
      const std::string_view name = text.substr(i, text.find(';', i) - i + 1);
      if (name != "&amp;" && name != "&lt;" && name != "&gt;" && name != "&quot;" &&
          name != "&#39;" && name != "&nbsp;")
        return false;
    }
    return true;
  }
  void words() {
    const std::size_t end = std::min(rest_.find('<'), rest_.size());
    const std::string_view text = rest_.substr(0, end);
    if (!entities_known(text)) wrong("a raw & or an unknown entity in text");
    if (text.find('>') != std::string_view::npos) wrong("a raw > in text");
    result_.text += text;
    rest_.remove_prefix(end);
  }
  std::string name() {
    std::size_t n = 0;
    while (n < rest_.size() && (std::isalnum(static_cast<unsigned char>(rest_[n])) != 0 ||
                                rest_[n] == '-' || rest_[n] == ':'))
      ++n;
    std::string out(rest_.substr(0, n));
    rest_.remove_prefix(n);
    return out;
  }
  void blanks() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n'))
      rest_.remove_prefix(1);
  }
  void tag() {
    if (rest_.starts_with("<!DOCTYPE html>")) return rest_.remove_prefix(15);
    rest_.remove_prefix(1);
    if (rest_.starts_with("/")) return end_tag();
    Markup::Element element{name(), {}};
    if (element.name.empty()) return wrong("a raw < in text");
    for (blanks(); !rest_.empty() && rest_.front() != '>' && rest_.front() != '/'; blanks()) {
      if (!attribute(element)) return;
    }
    const bool empty = rest_.starts_with("/>");
    rest_.remove_prefix(std::min<std::size_t>(rest_.size(), empty ? 2 : 1));
    result_.elements.push_back(element);
    if (empty || empty_by_rule(element.name)) return;
    open_.push_back(element.name);
    if (element.name == "script" || element.name == "style") {
      const std::size_t end = rest_.find("</");
      if (end == std::string_view::npos) return wrong("raw text without an end");
      rest_.remove_prefix(end);
    }
  }
  bool attribute(Markup::Element& element) {
    const std::string key = name();
    if (key.empty()) return wrong("no attribute in " + element.name), false;
    if (!rest_.starts_with("=\"")) {
      element.attributes.emplace_back(key, "");
      return true;
    }
    rest_.remove_prefix(2);
    const std::size_t end = rest_.find('"');
    if (end == std::string_view::npos) return wrong("open attribute"), false;
    const std::string_view value = rest_.substr(0, end);
    if (value.find('<') != std::string_view::npos || !entities_known(value))
      return wrong("raw character in attribute " + key), false;
    for (const auto& [other, text] : element.attributes) {
      if (other == key) return wrong("attribute twice: " + key), false;
    }
    element.attributes.emplace_back(key, value);
    rest_.remove_prefix(end + 1);
    return true;
  }
  void end_tag() {
    rest_.remove_prefix(1);
    const std::string closed = name();
    if (open_.empty() || open_.back() != closed)
      return wrong("</" + closed + "> closes " + (open_.empty() ? "nothing" : open_.back()));
    open_.pop_back();
    if (!rest_.starts_with(">")) return wrong("end tag with more in it");
    rest_.remove_prefix(1);
  }

  std::string_view rest_;
  std::size_t size_;
  std::vector<std::string> open_;
  Markup result_;
};

inline Markup read_markup(std::string_view text) { return MarkupReader(text).read(); }

}  // namespace lvslab::report
