#include "actors/ipfs/files/file_importer.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace pillar::ipfs::engine {

/// A chunk on its way: filled by the importing thread, hashed and stored by one of the pool.
struct file_importer::slot {
  bytes buffer; ///< of a whole chunk, once it has been needed
  std::size_t size = 0;
  imported leaf;
  std::exception_ptr thrown;
  bool busy = false;   ///< the pool has it; under the importer's mutex
  bool filled = false; ///< its leaf has not been taken yet

  bytes_view content() const { return bytes_view(buffer).first(size); }
};

file_importer::file_importer(const node_writer& writer, thread_pool& pool, std::stop_token stop)
    : writer_(writer), pool_(pool), stop_(std::move(stop)) {
  // Each thread has one chunk in hand; the others are being read, or wait for their turn in the tree.
  for (std::size_t i = 0; i < pool.size() + 3; ++i) slots_.push_back(std::make_unique<slot>());
}

file_importer::~file_importer() = default;

/// Reads the next chunk; false when there is none.
bool file_importer::fill(slot& s, const byte_source& source) {
  if (stop_.stop_requested()) throw failure(errc::cancelled, "the add was stopped: nothing is pinned");
  const auto& cutter = writer_.options().chunker;
  s.buffer.resize(cutter.largest());
  std::ranges::copy(ahead_, s.buffer.begin());
  s.size = ahead_.size();
  ahead_.clear();
  if (!source_ends_) {
    s.size += source(std::span(s.buffer).subspan(s.size));
    source_ends_ = s.size < s.buffer.size();
  }
  if (cutter.is_fixed() || s.size == 0) return s.size > 0;
  auto rest = s.content().subspan(cutter.cut(s.content()));
  ahead_.assign(rest.begin(), rest.end());
  s.size -= rest.size();
  return true;
}

void file_importer::start(slot& s) {
  s.busy = true;
  s.filled = true;
  pool_.submit([this, &s] {
    try {
      s.leaf = writer_.write_leaf(s.content());
    } catch (...) {
      s.thrown = std::current_exception();
    }
    std::lock_guard lock(mutex_);
    s.busy = false;
    done_.notify_one();
  });
}

void file_importer::wait(slot& s) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return !s.busy; });
}

imported file_importer::finish(slot& s) {
  wait(s);
  s.filled = false;
  if (auto thrown = std::exchange(s.thrown, nullptr)) std::rethrow_exception(thrown);
  return std::move(s.leaf);
}

imported file_importer::import(const byte_source& source, const unixfs_metadata& metadata) {
  ahead_.clear();
  source_ends_ = false;
  auto& first = *slots_[0];
  std::size_t filled = fill(first, source) ? 1 : 0;
  if (filled > 0 && fill(*slots_[1], source)) ++filled;
  if (filled < 2 && writer_.options().layout == file_layout::balanced)
    return writer_.write_leaf(first.content(), metadata);

  struct waiter { // no thread of the pool may be left with a slot of a failed import
    file_importer& importer;
    ~waiter() {
      for (auto& s : importer.slots_) importer.wait(*s), s->filled = false, s->thrown = nullptr;
    }
  } all_done{*this};
  return import_chunks(source, *make_layout_builder(writer_), filled, metadata);
}

/// Builds the tree over the chunks in the first `filled` slots and those that follow.
imported file_importer::import_chunks(const byte_source& source, layout_builder& tree, std::size_t filled,
                                      const unixfs_metadata& metadata) {
  for (std::size_t i = 0; i < filled; ++i) start(*slots_[i]);
  auto next = filled;
  for (;; ++next) {
    auto& s = *slots_[next % slots_.size()];
    if (s.filled) tree.add(finish(s));
    if (!fill(s, source)) break;
    start(s);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& s = *slots_[(next + i) % slots_.size()];
    if (s.filled) tree.add(finish(s));
  }
  return tree.finish(metadata);
}

} // namespace pillar::ipfs::engine
