#include "diagnose/console_log.h"

#include <algorithm>
#include <cctype>

namespace lvslab::diagnose {
namespace {

// Whether `next` goes on with a word that ends (or begins) with `edge`: "10.0.0.1" is no word of
// "10.0.0.10", but "arp_ignore" is one of "all.arp_ignore".
bool goes_on(char edge, char next) {
  const auto digit = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
  if (next == '.') return digit(edge);
  return std::isalnum(static_cast<unsigned char>(next)) != 0 || next == '_' || next == '-';
}

bool holds_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = at == 0 || word.front() == '-' || !goes_on(word.front(), text[at - 1]);
    const bool ends = end == text.size() || !goes_on(word.back(), text[end]);
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

void ConsoleLog::add(std::size_t host, const admin::ConsoleEntry& entry) {
  entries_.push_back({host, entry.time, entry.command, entry.err, entry.status, entry.tested,
                      scenario::parse_place(entry.place)});
}

const ConsoleLog::Entry* ConsoleLog::last(std::size_t host,
                                          const std::vector<std::string>& words) const {
  const auto found = std::find_if(entries_.rbegin(), entries_.rend(), [&](const Entry& entry) {
    return entry.host == host &&
           std::all_of(words.begin(), words.end(),
                       [&](const std::string& word) { return holds_word(entry.command, word); });
  });
  return found == entries_.rend() ? nullptr : &*found;
}

}  // namespace lvslab::diagnose
