/// Blocks on disk: appended to segments, found by an index, durable before anybody is told.
#pragma once

#include "actors/ipfs/block_store.hpp"
#include "actors/ipfs/repository.hpp"
#include "actors/ipfs/segment_log.hpp"
#include "interfaces/error.hpp"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace pillar::ipfs::engine {

struct pack_options {
  std::uint64_t segment_size = 1ull << 30; ///< bytes
  file_system* files = nullptr;            ///< the real one by default; must outlive the store
};

/// The segments are the truth; the index only says where to look. Every change takes the same way: append, sync the
/// segment (`fdatasync`), then the index. A crash between the last two leaves a tail that the next opening reads in.
/// Writes that wait for a sync at the same time share it.
class pack_block_store : public block_store {
public:
  /// Opens or creates the store in a directory, and puts right what a crash left. One whose index is damaged or missing
  /// gets a new one. One that cannot be written is opened for reading, and every put answers why. Throws what
  /// `repository` does, and io_error.
  static std::shared_ptr<pack_block_store> open(const std::filesystem::path& directory, pack_options options = {});

  std::optional<bytes> get(const content_id& id) override;
  std::optional<std::uint64_t> size_of(const content_id& id) override;
  std::unique_ptr<write_batch> begin() override;
  std::optional<engine::pin> find_pin(const content_id& root) override;
  std::string identity() const override { return repository_.identity(); }

  /// What opening had to put right, in sentences for a log; empty as a rule.
  const std::vector<std::string>& notes() const { return notes_; }

private:
  class batch;
  friend batch;

  /// Grows with every write since the store was opened: its place in the order of all writes. Bytes, about.
  using position = std::uint64_t;

  /// A write that is not in the index yet.
  struct pending_write {
    block_location where;
    position end = 0;
  };
  struct pending_pin : pending_write {
    pin_change change;
  };
  struct located {
    block_location where;
    bool pending = false;
    bool damaged = false;
    bool operator==(const located&) const = default;
  };

  // What may wait for a sync before a put does one itself: it bounds memory, and the tail that a crash leaves.
  static constexpr std::uint64_t most_unsynced = 32 << 20; // bytes
  static constexpr std::size_t most_pending = 8192;        // blocks

  pack_block_store(const std::filesystem::path& directory, pack_options options);

  void open_index();
  void remake_index(const failure& why);
  void use_index_in_memory(const failure& why);
  bool index_is_complete();
  void note_damage(const failure& f);
  void read_segments();
  void read_in(segment_state state, bool is_last);

  std::optional<located> find(const multihash& hash);
  bytes read(const content_id& id, const located& found);
  void mark_damaged(const content_id& id, const located& found);

  position put(const content_id& id, block_parts block);
  position put_pin(pin_change change);
  std::optional<position> find_same(const pin_change& change);
  void lose(const failure& why);
  std::size_t losses();

  void relieve();
  void wait_durable(position end, std::size_t losses_before);
  void lead_sync(std::unique_lock<std::mutex>& commit_lock);
  void sync();
  void update_index(position durable, std::vector<segment_state> segments);

  pack_options options_;
  file_system& files_;
  repository repository_;
  segment_directory segments_;
  std::unique_ptr<block_index> index_;
  std::optional<failure> read_only_; ///< why nothing can be written
  std::vector<std::string> notes_;

  std::mutex append_mutex_; // the log, and the order of writes
  segment_log log_;
  std::atomic<position> appended_ = 0; ///< written with append_mutex_ held
  std::uint64_t next_pin_ = 1;
  std::vector<segment_state> filled_; ///< segments that are full, and not yet so in the index

  std::shared_mutex pending_mutex_; // what is not in the index yet; taken after append_mutex_
  std::unordered_map<multihash, pending_write> pending_;
  std::vector<pending_pin> pending_pins_;

  std::mutex commit_mutex_; // who syncs; taken last
  std::condition_variable committed_;
  bool committing_ = false;
  position durable_ = 0;
  std::vector<position> lost_from_; ///< for each loss, the place after which writes were lost
  std::optional<failure> last_loss_;
  std::optional<failure> index_trouble_; ///< why the index could not take what is durable
};

} // namespace pillar::ipfs::engine
