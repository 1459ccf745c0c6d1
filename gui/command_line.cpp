#include "gui/command_line.h"

#include <QCommandLineParser>
#include <QRegularExpression>
#include <cstdio>

#include "gui/panel.h"
#include "gui/texts.h"

namespace lvslab::gui {
namespace {

CommandLine refuse(const QString& why) {
  std::fprintf(stderr, "lvslab-gui: %s\n", qPrintable(why));
  CommandLine words;
  words.done = true;
  words.status = 2;
  return words;
}

QString panel_names() {
  QStringList names;
  for (const PanelEntry& entry : panel_table()) names << entry.name;
  return names.join(", ");
}

void describe(QCommandLineParser& parser) {
  parser.setApplicationDescription(
      "lvslab-gui: shows a scenario (which it runs) or a recording of lvslab run --record.");
  parser.addPositionalArgument("FILE", "a scenario, a recording or a compare.json", "[FILE]");
  parser.addOptions({
      {"screenshot", "write a picture of the window (PNG or SVG) and end; needs no display",
       "PICTURE"},
      {"at", "the moment to show, as 20ms or 1.5s (default: the end)", "T"},
      {"panel", "the panel in front: " + panel_names(), "NAME"},
      {"alone", "with --screenshot: the panel without the window around it"},
      {"size", "of the window, as 1400x900", "WxH"},
      {"lang", "en or zh_CN (default: the locale's)", "LANG"},
      {"theme", "light or dark", "THEME", "light"},
      {"scale", "text size in percent, 100 to 200", "PERCENT", "100"},
      {{"h", "help"}, "this text"},
      {"version", "the version"},
  });
}

bool known_panel(const QString& name) {
  for (const PanelEntry& entry : panel_table()) {
    if (name == entry.name) return true;
  }
  return false;
}

CommandLine decode(const QCommandLineParser& parser) {
  CommandLine words;
  if (parser.positionalArguments().size() > 1) return refuse("one file at a time.");
  words.file = parser.positionalArguments().value(0);
  words.screenshot = parser.value("screenshot");
  if (parser.isSet("screenshot") && words.screenshot.isEmpty())
    return refuse("--screenshot needs the name of a picture to write.");
  words.panel = parser.value("panel");
  if (!words.panel.isEmpty() && !known_panel(words.panel))
    return refuse("there is no panel " + words.panel + ". One of: " + panel_names() + ".");
  if (parser.isSet("at")) {
    const auto at = span_from(parser.value("at"));
    if (!at) return refuse("--at " + parser.value("at") + ": not a time such as 20ms or 1.5s.");
    words.at = Instant::at(*at);
  }
  if (parser.isSet("size")) {
    static const QRegularExpression form("^(\\d{2,5})x(\\d{2,5})$");
    const auto match = form.match(parser.value("size"));
    if (!match.hasMatch() || match.captured(1).toInt() > 10'000 ||
        match.captured(2).toInt() > 10'000)
      return refuse("--size " + parser.value("size") + ": not a size such as 1400x900.");
    words.size = {match.captured(1).toInt(), match.captured(2).toInt()};
  }
  words.language = parser.value("lang");
  if (!words.language.isEmpty() && !words.language.startsWith("en") &&
      !words.language.startsWith("zh"))
    return refuse("--lang " + words.language + ": en or zh_CN.");
  if (parser.value("theme") != "light" && parser.value("theme") != "dark")
    return refuse("--theme " + parser.value("theme") + ": light or dark.");
  words.dark = parser.value("theme") == "dark";
  words.alone = parser.isSet("alone");
  bool number = false;
  words.percent = parser.value("scale").toInt(&number);
  if (!number || words.percent < 100 || words.percent > 200)
    return refuse("--scale " + parser.value("scale") + ": 100 to 200.");
  return words;
}

}  // namespace

CommandLine read_command_line(int argc, char** argv) {
  QStringList arguments;
  for (int i = 0; i < argc; ++i) arguments << QString::fromLocal8Bit(argv[i]);
  QCommandLineParser parser;
  describe(parser);
  if (!parser.parse(arguments)) return refuse(parser.errorText());
  CommandLine words;
  if (parser.isSet("help") || parser.isSet("version")) {
    const QString text =
        parser.isSet("help") ? parser.helpText() : QString("lvslab-gui %1\n").arg(LVSLAB_VERSION);
    std::fputs(qPrintable(text), stdout);
    words.done = true;
    return words;
  }
  return decode(parser);
}

}  // namespace lvslab::gui
