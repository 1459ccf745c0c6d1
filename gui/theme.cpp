#include "gui/theme.h"

#include <QApplication>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QStyleHints>
#include <array>

namespace lvslab::gui {
namespace {

// Okabe and Ito's colours; the dark window takes lighter ones of the same hue.
constexpr std::array<QRgb, 8> kOnLight = {0xff0072b2, 0xffd55e00, 0xff009e73, 0xffcc79a7,
                                          0xffb88700, 0xff2f9fd8, 0xff7a4fbf, 0xff555555};
constexpr std::array<QRgb, 8> kOnDark = {0xff4aa8e0, 0xffff8c42, 0xff2fc79a, 0xffe39cc4,
                                         0xffe6bf3a, 0xff86cdf5, 0xffb294e8, 0xffb5b5b5};
constexpr std::array<int, static_cast<int>(Layer::kCount)> kLayerHue = {1, 3, 4, 0, 2, 7};

Theme make_light() {
  Theme t;
  t.window = QColor(0xf3f4f6);
  t.base = QColor(0xffffff);
  t.alternate = QColor(0xf7f8fa);
  t.text = QColor(0x1b1f24);
  t.faint = QColor(0x5b6470);
  t.line = QColor(0xc4cad2);
  t.accent = QColor(0x0b63b0);
  t.accent_text = QColor(0xffffff);
  t.good = QColor(0x00744f);
  t.bad = QColor(0xb3261e);
  t.warn = QColor(0x8a5a00);
  t.changed = QColor(0xfff1b8);
  return t;
}

Theme make_dark() {
  Theme t;
  t.dark = true;
  t.window = QColor(0x20242b);
  t.base = QColor(0x16191e);
  t.alternate = QColor(0x1b1f25);
  t.text = QColor(0xe8ebef);
  t.faint = QColor(0xa1aab6);
  t.line = QColor(0x454d58);
  t.accent = QColor(0x5aa9e6);
  t.accent_text = QColor(0x0c1116);
  t.good = QColor(0x4fd1a1);
  t.bad = QColor(0xff7b72);
  t.warn = QColor(0xf0b849);
  t.changed = QColor(0x5a4a12);
  return t;
}

const Theme*& current() {
  static const Theme* shown = &light_theme();
  return shown;
}

int& percent_now() {
  static int percent = 100;
  return percent;
}

QPalette palette_of(const Theme& t) {
  QPalette p;
  p.setColor(QPalette::Window, t.window);
  p.setColor(QPalette::WindowText, t.text);
  p.setColor(QPalette::Base, t.base);
  p.setColor(QPalette::AlternateBase, t.alternate);
  p.setColor(QPalette::Text, t.text);
  p.setColor(QPalette::PlaceholderText, t.faint);
  p.setColor(QPalette::Button, t.dark ? t.window.lighter(125) : t.window);
  p.setColor(QPalette::ButtonText, t.text);
  p.setColor(QPalette::BrightText, t.bad);
  p.setColor(QPalette::Highlight, t.accent);
  p.setColor(QPalette::HighlightedText, t.accent_text);
  p.setColor(QPalette::Link, t.accent);
  p.setColor(QPalette::LinkVisited, t.accent);
  p.setColor(QPalette::ToolTipBase, t.base);
  p.setColor(QPalette::ToolTipText, t.text);
  p.setColor(QPalette::Mid, t.line);
  p.setColor(QPalette::Dark, t.line);
  p.setColor(QPalette::Light, t.base);
  p.setColor(QPalette::Midlight, t.alternate);
  p.setColor(QPalette::Shadow, t.dark ? QColor(0, 0, 0) : t.faint);
  for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
    p.setColor(QPalette::Disabled, role, t.dark ? QColor(0x767f8a) : QColor(0x8b939e));
  return p;
}

QFont sized(const QStringList& families, int percent) {
  QFont font;
  font.setFamilies(families);
  font.setPixelSize(13 * percent / 100);
  return font;
}

}  // namespace

QColor Theme::layer(Layer which) const {
  const int hue = kLayerHue[static_cast<std::size_t>(which)];
  return QColor::fromRgb((dark ? kOnDark : kOnLight)[static_cast<std::size_t>(hue)]);
}

QColor Theme::layer_row(Layer which) const {
  const QColor strong = layer(which);
  const double share = dark ? 0.20 : 0.13;
  const auto mixed = [share](int a, int b) {
    return static_cast<int>(a * share + b * (1 - share));
  };
  return {mixed(strong.red(), base.red()), mixed(strong.green(), base.green()),
          mixed(strong.blue(), base.blue())};
}

QColor Theme::series(int i) const {
  const auto& colours = dark ? kOnDark : kOnLight;
  return QColor::fromRgb(colours[static_cast<std::size_t>(i) % colours.size()]);
}

QString layer_letter(Layer layer) {
  static constexpr const char* kLetters[] = {"A", "I", "U", "T", "=", "?"};
  return QString::fromLatin1(kLetters[static_cast<std::size_t>(layer)]);
}

const Theme& light_theme() {
  static const Theme t = make_light();
  return t;
}

const Theme& dark_theme() {
  static const Theme t = make_dark();
  return t;
}

QFont plain_font(int percent) {
  return sized({"DejaVu Sans", "WenQuanYi Micro Hei", "Noto Sans CJK SC"}, percent);
}

QFont fixed_font(int percent) {
  QFont font =
      sized({"DejaVu Sans Mono", "WenQuanYi Micro Hei Mono", "Noto Sans Mono CJK SC"}, percent);
  font.setFixedPitch(true);
  return font;
}

void apply_theme(const Theme& t, int percent) {
  current() = &t;
  percent_now() = percent;
  if (QApplication::style() == nullptr || QApplication::style()->name() != "fusion")
    QApplication::setStyle(QStyleFactory::create("Fusion"));
  QApplication::setFont(plain_font(percent));
  QApplication::setPalette(palette_of(t));
}

const Theme& theme() { return *current(); }
int text_percent() { return percent_now(); }

}  // namespace lvslab::gui
