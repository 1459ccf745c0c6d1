#include "cli/quiz/witness.h"

#include <algorithm>
#include <cctype>

#include "base/check.h"
#include "fmt/format.h"
#include "replay/event_text.h"
#include "wire/dissect.h"

namespace lvslab::cli {
namespace {

constexpr std::size_t kLadderBytes = 1 << 13;  ///< of one turn: a command may print much

bool is_word_part(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
}

/// "rs1:eth0" is how files name an interface, "rs1.eth0" how traces do.
std::string as_traced(const std::string& word, const trace::Scene& scene) {
  const std::size_t colon = word.find(':');
  if (colon == std::string::npos || scene.find(word.substr(0, colon)) == nullptr) return word;
  return word.substr(0, colon) + "." + word.substr(colon + 1);
}

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool noise = std::isspace(static_cast<unsigned char>(c)) != 0 || c == '"' || c == '\'';
    if (noise && (out.empty() || out.back() == ' ')) continue;
    out += noise ? ' ' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

bool stands_in(std::string_view word, std::string_view text) {
  if (word.empty()) return false;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::string_view before = text.substr(0, at), behind = text.substr(at + word.size());
    const bool begun = !before.empty() && is_word_part(word.front()) && is_word_part(before.back());
    const bool goes_on =
        !behind.empty() && is_word_part(word.back()) && is_word_part(behind.front());
    // A part of an address is no address.
    const bool inside =
        (digit(word.front()) && before.size() > 1 && before.back() == '.' &&
         digit(before[before.size() - 2])) ||
        (digit(word.back()) && behind.size() > 1 && behind.front() == '.' && digit(behind[1]));
    if (!begun && !goes_on && !inside) return true;
  }
  return false;
}

bool same_words(std::string_view a, std::string_view b) { return plain(a) == plain(b); }

Witness::Witness(const trace::Scene& scene, const scenario::LessonSpec& lesson,
                 const lang::Words& words)
    : scene_(scene) {
  for (const scenario::LessonQuestion& question : lesson.questions) {
    auto filter = replay::DisplayFilter::parse(question.show);
    LVSLAB_CHECK(filter.has_value());
    watches_.push_back({&question, std::move(*filter), {}});
  }
  ladder_ = trace::Ladder::make(scene, {.words = words});
  ladder_->text();  // its head, which says who is who
}

void Witness::on_record(const Record& record) {
  if (record.event != event_ || record.kind == RecordKind::kTurn) {
    finish();
    event_ = record.event;
    turn_ = {};
    turn_.id = record.event;
    turn_.time = record.time;
    turn_.node = record.node;
    commands_.clear();
  }
  take(record);
  ladder_->on_record(record);
}

void Witness::take(const Record& record) {
  replay::Thing thing;
  switch (record.kind) {
    case RecordKind::kTurn:
      return;
    case RecordKind::kFrameIn:
      thing.kind = replay::EventKind::kFrameIn;
      break;
    case RecordKind::kFrameOut:
      thing.kind = replay::EventKind::kFrameOut;
      break;
    case RecordKind::kNote:
      thing.kind = replay::EventKind::kNote;
      break;
    case RecordKind::kLost:
      thing.kind = replay::EventKind::kLost;
      break;
    case RecordKind::kConsole:
      thing.kind = replay::EventKind::kCommand;
      commands_.push_back(std::make_unique<replay::Command>());
      commands_.back()->command = std::string(record.console->command);
      commands_.back()->out = std::string(record.console->out);
      thing.command = commands_.back().get();
      break;
  }
  thing.packet = record.packet;
  thing.tag = record.tag;
  thing.interface = record.interface;
  thing.bytes.assign(record.bytes.begin(), record.bytes.end());
  thing.zeros = record.zeros;
  thing.note = record.note;
  turn_.things.push_back(std::move(thing));
}

std::vector<wire::Layer> Witness::layers_of(std::size_t thing) const {
  const std::size_t frame = replay::frame_of(turn_, thing);
  if (frame == std::string::npos) return {};
  const replay::Thing& it = turn_.things[frame];
  const auto& interfaces = scene_.nodes[turn_.node].interfaces;
  const bool raw = it.interface < interfaces.size() && interfaces[it.interface].raw_ip;
  return wire::dissect(it.bytes, it.zeros,
                       raw ? wire::LinkType::kRawIp : wire::LinkType::kEthernet);
}

void Witness::finish() {
  if (turn_.things.empty()) return;
  const std::string ladder = ladder_->text();
  const bool open =
      std::any_of(watches_.begin(), watches_.end(), [](const Watch& w) { return w.open(); });
  for (std::size_t thing = 0; open && thing < turn_.things.size(); ++thing)
    judge(thing, layers_of(thing), ladder);
  turn_.things.clear();
}

void Witness::judge(std::size_t thing, const std::vector<wire::Layer>& layers,
                    const std::string& ladder) {
  const replay::Event event = replay::told_event(scene_, turn_, thing, layers);
  for (Watch& watch : watches_) {
    if (!watch.open() || !watch.filter.matches(event, scene_, layers)) continue;
    if (watch.shown.count++ != 0) continue;
    watch.shown.sentence = event.info;
    watch.shown.ladder = ladder.substr(0, kLadderBytes);
    if (turn_.things[thing].command != nullptr)
      watch.shown.sentence += "\n" + turn_.things[thing].command->out.substr(0, kLadderBytes);
    if (watch.question->value.empty() || watch.counts()) continue;
    for (const wire::Field& field :
         replay::values_of(watch.question->value, event, scene_, layers)) {
      const std::string text = wire::field_text(field);
      watch.shown.values.push_back(text);
      std::string named = scene_.named(watch.question->value, text);
      // "10.0.0.100 (VIP)": the address stands there already.
      if (const std::size_t name = named.find(" ("); name != std::string::npos)
        named = named.substr(name + 2, named.size() - name - 3);
      if (named != text) watch.shown.values.push_back(std::move(named));
    }
  }
}

std::optional<std::string> Witness::untrue(std::size_t index) const {
  const Watch& watch = watches_[index];
  const scenario::LessonQuestion& question = *watch.question;
  const Shown& shown = watch.shown;
  if (watch.counts()) {
    const std::string count = std::to_string(shown.count);
    if (question.answer.seen == count) return std::nullopt;
    return fmt::format("the answer says {}, but {} events match '{}'", question.answer.seen, count,
                       question.show);
  }
  if (shown.count == 0) return fmt::format("no event of the run matches '{}'", question.show);
  const auto held = [&](const std::string& seen) {
    const std::string word = as_traced(seen, scene_);
    if (question.value.empty()) return stands_in(word, shown.sentence);
    return std::any_of(shown.values.begin(), shown.values.end(),
                       [&](const std::string& value) { return value == word; });
  };
  std::string told = shown.sentence;
  if (!question.value.empty()) {
    told = question.value + (shown.values.empty() ? " is not there" : " is");
    for (const std::string& value : shown.values) told += " " + value;
  }
  if (!held(question.answer.seen))
    return fmt::format("the answer says '{}', but in the first event that matches '{}' {}",
                       question.answer.seen, question.show,
                       question.value.empty() ? "stands: " + told : told);
  for (const auto& choice : question.choices) {
    if (choice.text != question.answer.text && held(choice.seen))
      return fmt::format("the event shown says '{}' too, which is another choice: {}", choice.seen,
                         told);
  }
  return std::nullopt;
}

}  // namespace lvslab::cli
