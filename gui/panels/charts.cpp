// Load over time: latency, its percentiles, connections, requests, and the share of each real
// server.
#include <QBarCategoryAxis>
#include <QBarSet>
#include <QCategoryAxis>
#include <QChart>
#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHorizontalBarSeries>
#include <QLabel>
#include <QScrollArea>
#include <QThread>
#include <QVBoxLayout>
#include <QValueAxis>
#include <QXYSeries>
#include <algorithm>
#include <atomic>
#include <cmath>

#include "gui/document.h"
#include "gui/panel.h"
#include "gui/panels/chart_view.h"
#include "gui/panels/make.h"
#include "gui/texts.h"
#include "replay/recording.h"
#include "replay/results.h"

namespace lvslab::gui {
namespace {

struct Unit {
  const char* name;
  double scale;  ///< from seconds
};

Unit unit_for(double seconds) {
  if (seconds < 1e-6) return {"ns", 1e9};
  if (seconds < 1e-3) return {"us", 1e6};
  return seconds < 1 ? Unit{"ms", 1e3} : Unit{"s", 1};
}

// The reading of a whole run goes on in a thread; the last one asked for counts.
struct Work {
  explicit Work(replay::Recording reader) : recording(std::move(reader)) {}
  replay::Recording recording;
  replay::LoadOverTime load;
  QThread* thread = nullptr;
};

class ChartsPanel final : public Panel {
  Q_DECLARE_TR_FUNCTIONS(ChartsPanel)
 public:
  explicit ChartsPanel(const Context& context);
  ~ChartsPanel() override;
  void fit() override;
  void settle() override;
  QString exported(const QString& kind) const override;
  QStringList export_kinds() const override { return {"csv"}; }
  QString command_line() const override;
  QWidget* picture() override { return grid_; }

 protected:
  void reload() override;
  void restyle() override;
  void retranslate() override;

 private:
  enum Chart { kLatency, kPercentiles, kRequests, kConnections, kShare, kCharts };
  using Values = std::vector<double> replay::ServerLoad::*;
  void wait();
  void draw();
  void arrange();
  QString server_name(std::size_t i) const;
  void draw_over_time(ChartView& view, const QString& title, const QString& what, Values values,
                      double scale, Values second = nullptr);
  void draw_latency();
  void draw_percentiles();
  void draw_share();

  QComboBox* which_;
  QLabel* note_;
  QWidget* grid_;
  ChartView* views_[kCharts];
  replay::LoadOverTime load_;
  std::shared_ptr<Work> work_;
};

ChartsPanel::ChartsPanel(const Context& context)
    : Panel(context), which_(new QComboBox), note_(new QLabel), grid_(new QWidget) {
  auto* bar = new QHBoxLayout;
  bar->addWidget(which_);
  bar->addWidget(note_, 1);
  auto* area = new QScrollArea;
  area->setWidget(grid_);
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(4, 4, 4, 4);
  all->setSpacing(4);
  all->addLayout(bar);
  all->addWidget(area, 1);
  new QGridLayout(grid_);
  grid_->layout()->setContentsMargins(0, 0, 0, 0);
  grid_->layout()->setSpacing(4);
  grid_->setAutoFillBackground(true);
  for (ChartView*& view : views_) view = new ChartView(grid_);
  for (int i = 0; i <= kCharts; ++i) which_->addItem(QString());
  connect(which_, &QComboBox::currentIndexChanged, this, &ChartsPanel::arrange);
  arrange();
}

ChartsPanel::~ChartsPanel() { wait(); }

void ChartsPanel::wait() {
  if (work_ != nullptr) work_->thread->wait();
  work_.reset();
}

// All five, or one alone.
void ChartsPanel::arrange() {
  auto* grid = static_cast<QGridLayout*>(grid_->layout());
  for (ChartView* view : views_) grid->removeWidget(view);
  for (int i = 0; i < kCharts; ++i) {
    const bool alone = which_->currentIndex() == i + 1;
    views_[i]->setVisible(which_->currentIndex() <= 0 || alone);
    if (alone)
      grid->addWidget(views_[i], 0, 0, 2, 6);
    else
      grid->addWidget(views_[i], i < 2 ? 0 : 1, i < 2 ? i * 3 : (i - 2) * 2, 1, i < 2 ? 3 : 2);
  }
}

void ChartsPanel::reload() {
  wait();
  load_ = {};
  const replay::Recording* recording = context().document.recording();
  note_->clear();
  draw();
  if (recording == nullptr || recording->rows() == 0) return;
  auto reader = recording->again();
  if (!reader) return;
  note_->setText(tr("reading..."));
  auto work = work_ = std::make_shared<Work>(std::move(*reader));
  work->thread = QThread::create([work] { work->load = replay::load_over_time(work->recording); });
  connect(work->thread, &QThread::finished, this, [this, work] {
    if (work != work_) return;
    load_ = std::move(work->load);
    work_.reset();
    note_->setText(load_.servers.empty() ? tr("This run has no requests.") : QString());
    draw();
  });
  connect(work->thread, &QThread::finished, work->thread, &QObject::deleteLater);
  work->thread->start();
}

void ChartsPanel::settle() {
  Panel::settle();
  for (int i = 0; i < 2000 && work_ != nullptr; ++i)
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 20);
}

QString ChartsPanel::server_name(std::size_t i) const {
  const replay::Recording* recording = context().document.recording();
  if (recording == nullptr)
    return "?";  // what was read of a document that is gone is drawn anew soon
  const auto& nodes = recording->scene().nodes;
  const NodeIndex node = load_.servers[i].node;
  return node < nodes.size() ? text_of(nodes[node].name) : QString("?");
}

void ChartsPanel::draw() {
  draw_latency();
  draw_percentiles();
  draw_over_time(*views_[kRequests], tr("Requests"), tr("requests/s"),
                 &replay::ServerLoad::requests_per_second, 1);
  draw_over_time(*views_[kConnections], tr("Connections (dashed: inactive)"), tr("connections"),
                 &replay::ServerLoad::active, 1, &replay::ServerLoad::inactive);
  draw_share();
}

void ChartsPanel::draw_over_time(ChartView& view, const QString& title, const QString& what,
                                 Values values, double scale, Values second) {
  view.clear(title);
  auto* x = new QValueAxis;
  auto* y = new QValueAxis;
  double most = 0;
  for (const replay::ServerLoad& server : load_.servers) {
    for (const Values list : {values, second}) {
      if (list == nullptr) continue;
      for (const double value : server.*list) most = std::max(most, value * scale);
    }
  }
  x->setTitleText(tr("time (s)"));
  y->setTitleText(what);
  const double end = load_.middles.empty() ? 1 : load_.middles.back() + load_.bin.in_seconds() / 2;
  x->setRange(0, end);
  x->applyNiceNumbers();
  y->setRange(0, most <= 0 ? 1 : most * 1.05);
  y->applyNiceNumbers();
  view.add_axes(x, y);
  const auto points = [&](const std::vector<double>& list) {
    QList<QPointF> made;
    for (std::size_t i = 0; i < list.size() && i < load_.middles.size(); ++i) {
      // A bin without a reply has no latency: the line goes from neighbour to neighbour.
      if (std::isnan(list[i]) || (values == &replay::ServerLoad::latency_mean && list[i] <= 0))
        continue;
      made.append({load_.middles[i], list[i] * scale});
    }
    return made;
  };
  for (std::size_t i = 0; i < load_.servers.size(); ++i) {
    const auto colour = static_cast<int>(i);
    auto* line = view.add_line(server_name(i), colour, points(load_.servers[i].*values));
    if (line->count() < 60) line->setPointsVisible(true);
    if (second == nullptr) continue;
    auto* other = view.add_line(server_name(i) + " " + tr("inactive"), colour,
                                points(load_.servers[i].*second), true);
    other->setProperty("goes_with", server_name(i));
  }
  view.told = [what](const QString& series, const QPointF& point) {
    return QString("%1: %2 %3, %4 s")
        .arg(series)
        .arg(point.y(), 0, 'g', 5)
        .arg(what)
        .arg(point.x(), 0, 'g', 5);
  };
  view.done();
}

void ChartsPanel::draw_latency() {
  double most = 0;
  for (const replay::ServerLoad& server : load_.servers) {
    for (const double value : server.latency_mean) most = std::max(most, value);
  }
  const Unit unit = unit_for(most);
  draw_over_time(*views_[kLatency], tr("Mean latency"), unit.name,
                 &replay::ServerLoad::latency_mean, unit.scale);
}

// Each nine of the percentile takes the same room, so that the tail can be read.
void ChartsPanel::draw_percentiles() {
  ChartView& view = *views_[kPercentiles];
  view.clear(tr("Latency percentiles"));
  const double most = static_cast<double>(load_.latency.max()) * 1e-12;
  const Unit unit = unit_for(most);
  auto* x = new QCategoryAxis;
  auto* y = new QValueAxis;
  x->setLabelsPosition(QCategoryAxis::AxisLabelsPositionOnValue);
  const auto place = [](double share) { return std::log10(1 / (1 - share)); };
  for (const auto& [share, label] : {std::pair(0.0, "0 %"),
                                     {0.5, "50 %"},
                                     {0.75, "75 %"},
                                     {0.9, "90 %"},
                                     {0.99, "99 %"},
                                     {0.999, "99.9 %"}})
    x->append(label, place(share));
  x->setRange(0, 3);
  y->setRange(0, most <= 0 ? 1 : most * unit.scale * 1.05);
  y->applyNiceNumbers();
  y->setTitleText(unit.name);
  x->setTitleText(tr("percentile"));
  view.add_axes(x, y);
  const auto curve = [&](const metrics::Histogram& latency) {
    QList<QPointF> points;
    for (unsigned k = 0; k <= 100 && !latency.empty(); ++k) {
      const double nines = 3.0 * k / 100;
      const auto thousandths =
          static_cast<unsigned>(std::lround(1000 * (1 - std::pow(10, -nines))));
      points.append(
          {nines, static_cast<double>(latency.percentile(thousandths)) * 1e-12 * unit.scale});
    }
    return points;
  };
  for (std::size_t i = 0; i < load_.servers.size(); ++i)
    view.add_line(server_name(i), static_cast<int>(i), curve(load_.servers[i].latency));
  if (load_.servers.size() > 1) view.add_line(tr("all"), 7, curve(load_.latency), true);
  const QString name = unit.name;
  view.told = [name](const QString& series, const QPointF& point) {
    return QString("%1: p%2 = %3 %4")
        .arg(series)
        .arg(100 * (1 - std::pow(10, -point.x())), 0, 'f', point.x() > 2 ? 1 : 0)
        .arg(point.y(), 0, 'g', 5)
        .arg(name);
  };
  view.done();
}

void ChartsPanel::draw_share() {
  ChartView& view = *views_[kShare];
  view.clear(tr("Share of requests"));
  auto* bars = new QHorizontalBarSeries;
  auto* x = new QValueAxis;
  auto* y = new QBarCategoryAxis;
  double all = 0, most = 1;
  for (const replay::ServerLoad& server : load_.servers)
    all += static_cast<double>(server.requests);
  auto* set = new QBarSet(QString());
  QStringList names;
  for (std::size_t i = load_.servers.size(); i-- > 0;) {
    const double share = all == 0 ? 0 : 100 * static_cast<double>(load_.servers[i].requests) / all;
    most = std::max(most, share);
    *set << share;
    names << server_name(i);
  }
  set->setColor(theme().series(0));
  set->setBorderColor(theme().base);
  set->setLabelColor(theme().text);
  bars->append(set);
  bars->setLabelsVisible(names.size() <= 12);
  bars->setLabelsFormat("@value %");
  bars->setLabelsPrecision(3);
  bars->setLabelsPosition(QAbstractBarSeries::LabelsOutsideEnd);
  view.chart()->addSeries(bars);
  y->append(names);
  x->setRange(0, std::min(most * 1.25, 125.0));
  x->applyNiceNumbers();
  x->setLabelFormat("%.0f %%");
  view.add_axes(x, y);
  bars->attachAxis(x);
  bars->attachAxis(y);
  view.chart()->legend()->hide();
  view.done();
}

void ChartsPanel::fit() {
  for (ChartView* view : views_) view->fit();
}

void ChartsPanel::restyle() { draw(); }

void ChartsPanel::retranslate() {
  const QString names[] = {tr("All charts"), tr("Mean latency"), tr("Latency percentiles"),
                           tr("Requests"),   tr("Connections"),  tr("Share of requests")};
  for (int i = 0; i <= kCharts; ++i) which_->setItemText(i, names[i]);
  draw();
}

QString ChartsPanel::exported(const QString& kind) const {
  if (kind != "csv" || load_.servers.empty()) return {};
  QString text = "t,real_server,requests_per_second,active,inactive,latency_mean\n";
  for (std::size_t bin = 0; bin < load_.middles.size(); ++bin) {
    for (std::size_t i = 0; i < load_.servers.size(); ++i) {
      const replay::ServerLoad& server = load_.servers[i];
      text += QString("%1,%2").arg(load_.middles[bin], 0, 'g', 12).arg(server_name(i));
      for (const auto* list :
           {&server.requests_per_second, &server.active, &server.inactive, &server.latency_mean})
        text += "," + (bin < list->size() && !std::isnan((*list)[bin])
                           ? QString::number((*list)[bin], 'g', 12)
                           : QString());
      text += "\n";
    }
  }
  return text;
}

QString ChartsPanel::command_line() const {
  const QString file = context().document.scenario_path();
  return file.isEmpty() ? QString() : "lvslab run " + file + " --out out  # out/series.csv";
}

}  // namespace

Panel* make_charts(const Context& context) { return new ChartsPanel(context); }

}  // namespace lvslab::gui
