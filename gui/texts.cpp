#include "gui/texts.h"

#include <QCoreApplication>
#include <QRegularExpression>
#include <cmath>

#include "trace/clock_text.h"

namespace lvslab::gui {

QString clock_text(Instant time) {
  QString text = QString::fromStdString(trace::clock_text(time));
  text.chop(2);  // " s"
  return text;
}

QString span_text(Duration span) {
  const double seconds = span.in_seconds();
  const double size = std::abs(seconds);
  const auto written = [](double value, const char* unit) {
    const double most = std::abs(value);
    return QString("%1 %2").arg(value, 0, 'f', most >= 100 ? 1 : most >= 10 ? 2 : 3).arg(unit);
  };
  if (size == 0) return "0";
  if (size < 1e-6) return written(seconds * 1e9, "ns");
  if (size < 1e-3) return written(seconds * 1e6, "us");
  if (size < 1) return written(seconds * 1e3, "ms");
  return written(seconds, "s");
}

std::optional<Duration> span_from(const QString& text) {
  static const QRegularExpression form("^\\s*(\\d{1,9}(?:\\.\\d{1,12})?)\\s*(ns|us|ms|s|m)?\\s*$");
  const auto match = form.match(text);
  if (!match.hasMatch()) return std::nullopt;
  const QString unit = match.captured(2);
  const double scale = unit == "ns"   ? 1e3
                       : unit == "us" ? 1e6
                       : unit == "ms" ? 1e9
                       : unit == "m"  ? 6e13
                                      : 1e12;
  const double ps = match.captured(1).toDouble() * scale;
  if (ps > 9e18) return std::nullopt;
  return Duration::picoseconds(std::llround(ps));
}

Layer layer_of(replay::Protocol protocol) {
  switch (protocol) {
    case replay::Protocol::kArp:
      return Layer::kArp;
    case replay::Protocol::kIcmp:
      return Layer::kIcmp;
    case replay::Protocol::kUdp:
      return Layer::kUdp;
    case replay::Protocol::kTcp:
      return Layer::kTcp;
    case replay::Protocol::kTunnel:
      return Layer::kTunnel;
    default:
      return Layer::kOther;
  }
}

QString layer_name(Layer layer) {
  static constexpr const char* kNames[] = {"ARP", "ICMP", "UDP", "TCP", nullptr, nullptr};
  if (const char* name = kNames[static_cast<std::size_t>(layer)]) return QString::fromLatin1(name);
  return layer == Layer::kTunnel ? QCoreApplication::translate("Layers", "Tunnel")
                                 : QCoreApplication::translate("Layers", "Other");
}

}  // namespace lvslab::gui
