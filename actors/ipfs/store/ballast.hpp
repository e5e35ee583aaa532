/// Room that is kept for the day on which the disk is full, so that things can still be removed then.
#pragma once

#include "actors/ipfs/system/file_system.hpp"
#include "interfaces/error.hpp"

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>

namespace pillar::ipfs::engine {

/// A file that is really allocated and means nothing. Removing takes a little room before it wins any: a record, the
/// index's journal, blocks that are moved. Whoever removes says so with a `use`; when the disk is full then, the file
/// is cut to nothing, and it is made anew as soon as there is room. It is as large as the disk allows: without one,
/// everything goes on, only not on a full disk. Nothing here throws, but what is retried. Any thread.
class ballast {
public:
  static constexpr std::uint64_t usual_size = 16 << 20; ///< bytes; what a collection takes before it wins some

  /// Opens the file, or creates it empty. It is allocated when the first `use` ends.
  ballast(file_system& files, const std::filesystem::path& file, std::uint64_t size);

  /// While one lives, something is done that makes room, and may take from the ballast.
  class use {
  public:
    explicit use(ballast& of);
    use(const use&) = delete;
    use& operator=(const use&) = delete;
    ~use();

  private:
    ballast& ballast_;
  };

  /// Makes the file anew in the middle of a use, if the disk has room for it and more.
  void restore();

  /// Whether the disk has so much room, beside what is kept for records and the index.
  bool spares(std::uint64_t bytes) const;

  /// Whether a use has taken the room, and has not ended: nobody else should fill it.
  bool is_given_up() const { return given_up_; }

  /// Does `work`, and does it again when the disk was full and there is room now. `work` leaves nothing behind when it
  /// throws storage_full.
  template <class Work> auto retry(const Work& work) {
    for (;;) {
      auto before = times_given_up_.load();
      try {
        return work();
      } catch (const failure& f) {
        if (f.code() != errc::storage_full || !give_up(before)) throw;
      }
    }
  }

private:
  bool give_up(unsigned times_before);
  bool grow(std::uint64_t bytes);
  void grow_as_far_as_possible();

  file_system& files_;
  const std::filesystem::path path_;
  descriptor file_;
  std::mutex mutex_;
  std::uint64_t target_;
  std::uint64_t size_ = 0;
  unsigned uses_ = 0;
  std::atomic<bool> given_up_ = false;
  std::atomic<unsigned> times_given_up_ = 0;
};

} // namespace pillar::ipfs::engine
