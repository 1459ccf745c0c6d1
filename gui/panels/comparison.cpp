// What `lvslab compare` found: a metric's bars with intervals, the latencies' distributions, the
// table with verdicts.
#include <QChart>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLegend>
#include <QScrollArea>
#include <QSplitter>
#include <QTableWidget>
#include <QVBoxLayout>
#include <QValueAxis>
#include <QXYSeries>
#include <algorithm>
#include <cmath>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/bars_view.h"
#include "gui/panels/chart_view.h"
#include "gui/panels/comparison_data.h"
#include "gui/panels/make.h"
#include "gui/theme.h"

namespace lvslab::gui {
namespace {

// Latencies are seconds in the file.
bool in_seconds(const QString& metric) {
  return metric.startsWith("latency") || metric.startsWith("p") || metric == "mean" ||
         metric == "max";
}

QString figure_text(double value, bool seconds) {
  const double size = std::abs(value);
  if (!seconds || size == 0) return QString::number(value, 'g', 4);
  if (size < 1e-3) return QString::number(value * 1e6, 'g', 4) + " us";
  if (size < 1) return QString::number(value * 1e3, 'g', 4) + " ms";
  return QString::number(value, 'g', 4) + " s";
}

QString estimate_text(const CompareEstimate& e, bool seconds) {
  const QString mean = figure_text(e.mean, seconds);
  return e.half_width ? mean + QString::fromUtf8(" \u00b1 ") + figure_text(*e.half_width, seconds)
                      : mean;
}

class ComparisonPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(ComparisonPanel)
 public:
  explicit ComparisonPanel(const Context& context);
  QString exported(const QString& kind) const override;
  QStringList export_kinds() const override { return {"csv"}; }
  QString command_line() const override;
  void fit() override { curves_->fit(); }

 protected:
  void reload() override;
  void restyle() override { draw(); }
  void retranslate() override;

 private:
  enum Column {
    kCell,
    kTraffic,
    kMetric,
    kMean,
    kRuns,
    kDifference,
    kRelative,
    kP,
    kVerdict,
    kColumns
  };
  void draw();
  void draw_bars(const QString& metric);
  void draw_curves();
  void fill_table();
  QString verdict_text(const QString& word) const;
  int colour_of(const QString& cell) const { return static_cast<int>(data_.cells.indexOf(cell)); }

  QComboBox *metric_, *traffic_;
  QLabel *title_, *remarks_;
  BarsView* bars_;
  ChartView* curves_;
  QTableWidget* table_;
  Comparison data_;
  QString shown_;
};

ComparisonPanel::ComparisonPanel(const Context& context)
    : Panel(context),
      metric_(new QComboBox),
      traffic_(new QComboBox),
      title_(new QLabel),
      remarks_(new QLabel),
      bars_(new BarsView),
      curves_(new ChartView),
      table_(new QTableWidget(0, kColumns)) {
  for (QLabel* label : {title_, remarks_}) label->setTextFormat(Qt::PlainText);
  auto* bar = new QHBoxLayout;
  bar->addWidget(metric_);
  bar->addWidget(traffic_);
  bar->addWidget(title_, 1);
  auto* area = new QScrollArea;
  area->setWidget(bars_);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  curves_->chart()->legend()->setAlignment(Qt::AlignRight);  // many names, one below the other
  auto* pictures = new QSplitter(Qt::Horizontal);
  pictures->addWidget(area);
  pictures->addWidget(curves_);
  pictures->setStretchFactor(0, 3);
  pictures->setStretchFactor(1, 2);
  pictures->setSizes({600, 400});
  auto* parts = new QSplitter(Qt::Vertical);
  parts->addWidget(pictures);
  parts->addWidget(table_);
  parts->setStretchFactor(0, 2);
  parts->setStretchFactor(1, 1);
  parts->setSizes({200, 100});
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(parts, 1);
  all->addWidget(remarks_);
  remarks_->setWordWrap(true);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setAlternatingRowColors(true);
  table_->setSortingEnabled(false);
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setStretchLastSection(true);
  metric_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  traffic_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  connect(metric_, &QComboBox::currentIndexChanged, this, [this] { draw(); });
  connect(traffic_, &QComboBox::currentIndexChanged, this, [this] { draw(); });
  connect(&context.document, &Document::comparison_changed, this, [this] {
    shown_.clear();
    reload();
  });
}

void ComparisonPanel::reload() {
  const QString path = context().document.comparison_path();
  if (path == shown_ && !path.isEmpty()) return;
  shown_ = path;
  data_ = {};
  QString problem = tr("Open a compare.json that lvslab compare --out wrote (Ctrl+O).");
  if (!path.isEmpty()) {
    if (auto read = read_comparison(path, problem)) {
      data_ = std::move(*read);
      problem = data_.title + (data_.interrupted ? tr(" (interrupted)") : QString());
    }
  }
  title_->setText(problem);
  const QSignalBlocker quiet_metric(metric_), quiet_traffic(traffic_);
  metric_->clear();
  metric_->addItems(data_.metrics);
  traffic_->clear();
  traffic_->addItems(data_.traffics);
  traffic_->setVisible(data_.traffics.size() > 1);
  draw();
}

QString ComparisonPanel::verdict_text(const QString& word) const {
  if (word == "better") return QString::fromUtf8("\u25b2 ") + tr("better");
  if (word == "worse") return QString::fromUtf8("\u25bc ") + tr("worse");
  if (word == "not distinguishable")
    return QString::fromUtf8("\u2248 ") + tr("not distinguishable");
  if (word == "within the threshold")
    return QString::fromUtf8("\u2248 ") + tr("within the threshold");
  return word;
}

void ComparisonPanel::draw() {
  draw_bars(metric_->currentText());
  draw_curves();
  fill_table();
  remarks_->setText(data_.remarks.join("   "));
}

void ComparisonPanel::draw_bars(const QString& metric) {
  std::vector<BarsView::Bar> bars;
  const bool seconds = in_seconds(metric);
  for (const CompareFigure& figure : data_.figures) {
    if (figure.metric != metric || figure.traffic != traffic_->currentText()) continue;
    BarsView::Bar bar;
    bar.name = figure.cell;
    bar.text = estimate_text(figure.estimate, seconds);
    bar.mean = figure.estimate.mean;
    bar.half_width = figure.estimate.half_width;
    bar.baseline = figure.baseline;
    bar.colour = colour_of(figure.cell);
    bar.verdict = figure.baseline ? tr("baseline") : verdict_text(figure.verdict);
    bar.mark = figure.verdict == "better"  ? BarsView::Mark::kBetter
               : figure.verdict == "worse" ? BarsView::Mark::kWorse
                                           : BarsView::Mark::kSame;
    bars.push_back(std::move(bar));
  }
  bars_->show_bars(
      metric.isEmpty()
          ? QString()
          : tr("%1, with intervals of %2 %").arg(metric).arg(data_.confidence * 100, 0, 'g', 3),
      std::move(bars));
}

void ComparisonPanel::draw_curves() {
  curves_->clear(tr("Answered within"));
  double most = 0;
  for (const CompareCurve& curve : data_.curves) {
    if (curve.traffic != traffic_->currentText() || curve.cdf.isEmpty()) continue;
    // The last thousandth would press everything else to the left.
    const auto tail = std::find_if(curve.cdf.begin(), curve.cdf.end(),
                                   [](const QPointF& p) { return p.y() >= 0.999; });
    most = std::max(most, (tail == curve.cdf.end() ? curve.cdf.last() : *tail).x());
  }
  const double scale = most < 1e-3 ? 1e6 : most < 1 ? 1e3 : 1;
  const QString unit = scale == 1e6 ? "us" : scale == 1e3 ? "ms" : "s";
  auto* x = new QValueAxis;
  auto* y = new QValueAxis;
  x->setRange(0, most <= 0 ? 1 : most * scale);
  x->applyNiceNumbers();
  x->setTitleText(unit);
  y->setRange(0, 100);
  y->setLabelFormat("%.0f %%");
  curves_->add_axes(x, y);
  for (const CompareCurve& curve : data_.curves) {
    if (curve.traffic != traffic_->currentText()) continue;
    QList<QPointF> points;
    for (const QPointF& p : curve.cdf) points.append({p.x() * scale, p.y() * 100});
    const int colour = colour_of(curve.cell);
    curves_->add_line(curve.cell, colour, points, colour % 2 == 1);
  }
  curves_->told = [unit](const QString& series, const QPointF& p) {
    return QString("%1: %2 % < %3 %4")
        .arg(series)
        .arg(p.y(), 0, 'f', 1)
        .arg(p.x(), 0, 'g', 4)
        .arg(unit);
  };
  curves_->done();
}

void ComparisonPanel::fill_table() {
  table_->setRowCount(static_cast<int>(data_.figures.size()));
  for (int row = 0; row < table_->rowCount(); ++row) {
    const CompareFigure& figure = data_.figures[static_cast<std::size_t>(row)];
    const bool seconds = in_seconds(figure.metric);
    const auto put = [&](Column column, const QString& text, const QColor& colour = {}) {
      auto* item = new QTableWidgetItem(text);
      if (colour.isValid()) item->setForeground(colour);
      if (column >= kMean && column <= kP)
        item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
      table_->setItem(row, column, item);
    };
    put(kCell, figure.cell);
    put(kTraffic, figure.traffic);
    put(kMetric, figure.metric);
    put(kMean, estimate_text(figure.estimate, seconds));
    put(kRuns, QString::number(figure.estimate.runs));
    put(kDifference, figure.difference ? estimate_text(*figure.difference, seconds) : QString());
    put(kRelative,
        figure.difference ? QString("%1 %").arg(figure.relative * 100, 0, 'f', 1) : QString());
    put(kP, figure.difference ? QString::number(figure.p_holm, 'g', 2) : QString());
    const Theme& t = theme();
    put(kVerdict, figure.baseline ? tr("baseline") : verdict_text(figure.verdict),
        figure.verdict == "better"  ? t.good
        : figure.verdict == "worse" ? t.bad
                                    : t.text);
  }
  table_->resizeColumnsToContents();
}

void ComparisonPanel::retranslate() {
  table_->setHorizontalHeaderLabels({tr("Cell"), tr("Traffic"), tr("Metric"), tr("Mean"),
                                     tr("Runs"), tr("Difference"), tr("Relative"), tr("p (Holm)"),
                                     tr("Verdict")});
  metric_->setAccessibleName(tr("Metric"));
  metric_->setToolTip(tr("Metric"));
  traffic_->setAccessibleName(tr("Traffic"));
  table_->setAccessibleName(tr("Comparison"));
  shown_.clear();
  reload();
}

QString ComparisonPanel::exported(const QString& kind) const {
  if (kind != "csv" || data_.figures.empty()) return {};
  QString text = "cell,traffic,metric,runs,mean,half_width,difference,relative,p_holm,verdict\n";
  const auto number = [](std::optional<double> value) {
    return value ? QString::number(*value, 'g', 9) : QString();
  };
  for (const CompareFigure& f : data_.figures) {
    QString cell = f.cell;
    text += "\"" + cell.replace("\"", "\"\"") + "\"," + f.traffic + "," + f.metric + "," +
            QString::number(f.estimate.runs) + "," + number(f.estimate.mean) + "," +
            number(f.estimate.half_width) + "," +
            number(f.difference ? std::optional(f.difference->mean) : std::nullopt) + "," +
            number(f.difference ? std::optional(f.relative) : std::nullopt) + "," +
            number(f.difference ? std::optional(f.p_holm) : std::nullopt) + "," + f.verdict + "\n";
  }
  return text;
}

QString ComparisonPanel::command_line() const {
  return data_.file.isEmpty() ? QString() : "lvslab compare " + data_.file + " --out out";
}

}  // namespace

Panel* make_comparison(const Context& context) { return new ComparisonPanel(context); }

}  // namespace lvslab::gui
