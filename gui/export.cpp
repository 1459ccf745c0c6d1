#include "gui/export.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QSvgGenerator>
#include <QWidget>

#include "gui/panel.h"

namespace lvslab::gui {
namespace {

QString could_not(const QString& file) {
  return QCoreApplication::translate("Export", "Could not write %1.").arg(file);
}

QString write_text(const QString& text, const QString& file) {
  QFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return could_not(file);
  const QByteArray bytes = text.toUtf8();
  return out.write(bytes) == bytes.size() && out.flush() ? QString() : could_not(file);
}

}  // namespace

QString write_picture(QWidget& widget, const QString& file, double scale) {
  if (file.endsWith(".svg", Qt::CaseInsensitive)) {
    if (!write_text({}, file).isEmpty()) return could_not(file);
    QSvgGenerator generator;
    generator.setFileName(file);
    generator.setSize(widget.size());
    generator.setViewBox(widget.rect());
    generator.setTitle("lvslab");
    QPainter painter(&generator);
    widget.render(&painter);
    return painter.end() ? QString() : could_not(file);
  }
  QImage image(widget.size() * scale, QImage::Format_ARGB32_Premultiplied);
  image.setDevicePixelRatio(scale);
  image.fill(Qt::transparent);
  widget.render(&image);
  return image.save(file, "PNG") ? QString() : could_not(file);
}

QString write_panel(Panel& panel, const QString& file) {
  const QString kind = QFileInfo(file).suffix().toLower();
  const QString text = panel.exported(kind);
  if (!text.isEmpty()) return write_text(text, file);
  if (kind == "png" || kind == "svg") return write_picture(*panel.picture(), file);
  return QCoreApplication::translate("Export", "This panel cannot be written as .%1.").arg(kind);
}

}  // namespace lvslab::gui
