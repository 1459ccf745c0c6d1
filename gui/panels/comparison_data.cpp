#include "gui/panels/comparison_data.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace lvslab::gui {
namespace {

constexpr qint64 kLargest = 256 << 20;

CompareEstimate estimate_of(const QJsonValue& value) {
  CompareEstimate made;
  made.mean = value["mean"].toDouble();
  made.runs = value["runs"].toInt();
  if (value["half_width"].isDouble()) made.half_width = value["half_width"].toDouble();
  return made;
}

QList<QPointF> cdf_of(const QJsonArray& histogram) {
  double all = 0, sum = 0;
  for (const QJsonValue& bucket : histogram) all += bucket[1].toDouble();
  QList<QPointF> points;
  if (all <= 0) return points;
  for (const QJsonValue& bucket : histogram) {
    const double at = bucket[0].toDouble();
    points.append({at, sum / all});
    sum += bucket[1].toDouble();
    points.append({at, sum / all});
  }
  return points;
}

void add_once(QStringList& list, const QString& text) {
  if (!list.contains(text)) list << text;
}

void read_cell(Comparison& all, const QJsonValue& cell) {
  const QString name = cell["cell"].toString();
  add_once(all.cells, name);
  for (const QJsonValue& traffic : cell["traffic"].toArray()) {
    const QString flow = traffic["name"].toString();
    add_once(all.traffics, flow);
    const QJsonObject metrics = traffic["metrics"].toObject();
    for (auto one = metrics.begin(); one != metrics.end(); ++one) {
      add_once(all.metrics, one.key());
      CompareFigure figure;
      figure.cell = name;
      figure.traffic = flow;
      figure.metric = one.key();
      figure.estimate = estimate_of(one.value());
      figure.baseline = cell["baseline"].isNull();
      all.figures.push_back(std::move(figure));
    }
    all.curves.push_back({name, flow, cdf_of(traffic["histogram"].toArray())});
  }
}

void read_difference(Comparison& all, const QJsonValue& difference) {
  for (CompareFigure& figure : all.figures) {
    if (figure.cell != difference["cell"].toString() ||
        figure.traffic != difference["traffic"].toString() ||
        figure.metric != difference["metric"].toString())
      continue;
    figure.difference = estimate_of(difference["difference"]);
    figure.relative = difference["relative"].toDouble();
    figure.p_holm = difference["p_holm"].toDouble(1);
    figure.verdict = difference["verdict"].toString();
  }
}

void read_remarks(Comparison& all, const QJsonObject& root) {
  for (const QJsonValue& bound : root["bounds"].toArray()) all.remarks << bound.toString();
  for (const QJsonValue& knee : root["knees"].toArray()) {
    all.remarks << QString("%1 (%2): %3 .. %4")
                       .arg(knee["knee"].toString(), knee["traffic"].toString(),
                            knee["last"].toString(), knee["first_not"].toString());
  }
  for (const QJsonValue& wanted : root["expect"].toArray()) {
    all.remarks << QString("%1 %2 %3 %4")
                       .arg(QString::fromUtf8(wanted["held"].toBool() ? "\u2713" : "\u2717"),
                            wanted["cell"].toString(), wanted["metric"].toString(),
                            wanted["is"].toString());
  }
}

}  // namespace

std::optional<Comparison> read_comparison(const QString& path, QString& problem) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) {
    problem = file.errorString();
    return std::nullopt;
  }
  if (file.size() > kLargest) {
    problem = QCoreApplication::translate("Comparison", "The file is too large.");
    return std::nullopt;
  }
  QJsonParseError error;
  const QJsonDocument document = QJsonDocument::fromJson(file.readAll(), &error);
  const QJsonObject root = document.object();
  if (!root["cells"].isArray()) {
    problem = document.isNull() ? error.errorString()
                                : QCoreApplication::translate(
                                      "Comparison", "This is no result of lvslab compare.");
    return std::nullopt;
  }
  Comparison all;
  all.title = root["title"].toString();
  all.file = root["file"].toString();
  all.interrupted = root["interrupted"].toBool();
  all.confidence = root["confidence"].toDouble(0.95);
  for (const QJsonValue& metric : root["metrics"].toArray())
    add_once(all.metrics, metric.toString());
  for (const QJsonValue& cell : root["cells"].toArray()) read_cell(all, cell);
  for (const QJsonValue& one : root["differences"].toArray()) read_difference(all, one);
  read_remarks(all, root);
  return all;
}

}  // namespace lvslab::gui
