// Bytes as a hex editor shows them: offset, sixteen numbers, their letters. A range is marked; a
// click tells which byte was meant, and the arrow keys move on from there.
#pragma once

#include <QAbstractScrollArea>
#include <cstdint>
#include <vector>

namespace lvslab::gui {

class BytesView : public QAbstractScrollArea {
  Q_OBJECT
 public:
  explicit BytesView(QWidget* parent = nullptr);
  void show_bytes(std::vector<std::uint8_t> bytes, std::uint32_t real_size);
  void mark(std::uint32_t offset, std::uint32_t size);
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }
  std::pair<std::uint32_t, std::uint32_t> marked() const { return {from_, size_}; }
  /// As `xxd` prints it.
  QString text() const;
  void restyle();

 Q_SIGNALS:
  void byte_chosen(quint32 offset);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  static constexpr int kPerLine = 16;
  int letter() const;
  int line_height() const;
  int number_at(int column) const;  ///< x of a byte's number
  int letter_at(int column) const;  ///< x of a byte's letter
  void update_bars();
  void choose(std::int64_t offset);
  std::vector<std::uint8_t> bytes_;
  std::uint32_t real_size_ = 0, from_ = 0, size_ = 0;
};

}  // namespace lvslab::gui
