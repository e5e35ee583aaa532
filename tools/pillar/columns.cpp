#include "tools/pillar/columns.hpp"

#include "tools/pillar/printable.hpp"

#include <algorithm>

namespace pillar::cli {

namespace {
constexpr std::size_t most_rows = 1000;
constexpr std::size_t streamed_width = 9; // and a blank
} // namespace

void columns::row(cells texts) {
  for (auto& text : texts) text = printable(text);
  if (widths_.size() < texts.size()) widths_.resize(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) widths_[i] = std::max(widths_[i], texts[i].size());
  if (streams_) return write(texts, streamed_width);
  rows_.push_back(std::move(texts));
  if (rows_.size() < most_rows) return;
  end();
  streams_ = true;
}

void columns::end() {
  for (auto& texts : rows_) write(texts, 0);
  rows_.clear();
}

void columns::write(const cells& texts, std::size_t least) {
  std::string line;
  for (std::size_t i = 0; i + 1 < texts.size(); ++i) {
    line += texts[i];
    line.append(std::max(least, widths_[i]) + 1 - texts[i].size(), ' ');
  }
  to_.write(line + texts.back() + '\n');
}

} // namespace pillar::cli
