/// Blocks on disk: appended to segments, found by an index, durable before anybody is told.
#pragma once

#include "actors/ipfs/store/ballast.hpp"
#include "actors/ipfs/store/block_store.hpp"
#include "actors/ipfs/store/removal_journal.hpp"
#include "actors/ipfs/store/repository.hpp"
#include "actors/ipfs/store/segment_log.hpp"
#include "actors/ipfs/store/touched_blocks.hpp"
#include "interfaces/error.hpp"

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace pillar::ipfs::engine {

struct pack_options {
  std::uint64_t segment_size = 1ull << 30; ///< bytes
  file_system* files = nullptr;            ///< the real one by default; must outlive the store
  unsigned verify_threads = 0;             ///< of `verify_all`; 0: one for each core, at most 8
};

/// The segments are the truth; the index only says where to look. Every change takes the same way: append, sync the
/// segment (`fdatasync`), then the index. A crash between the last two leaves a tail that the next opening reads in.
/// Writes that wait for a sync at the same time share it.
///
/// What is removed takes the same way: a removal is a record in the segments, and space comes back when a segment that
/// holds little else is retired. All that counts in it is appended again, then a record says that nothing in it counts
/// any more, and when that is durable and in the index the file goes. A crash between any two of these steps leaves
/// some copies too many, and a segment that the next opening removes or the next collection finds again. Segments are
/// always read in the order in which they were written, and the latest record of a block or pin counts. Large blocks
/// that were removed from a segment that stays become holes in its file, once their removal is durable.
///
/// A full disk takes no adds, but whoever unpins, removes or collects has the ballast's room; while it is used, nothing
/// new is put.
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
  void for_each_pin(const std::function<void(const engine::pin&)>& visit) override;
  void for_each_block(const std::function<void(const content_id& id, std::uint64_t size)>& visit) override;
  std::optional<std::uint64_t> number_of(const content_id& id) override;
  bool remove(const content_id& id) override;
  collected_garbage collect_garbage(const std::function<void(const content_id& id)>& removed = {},
                                    std::stop_token stop = {}) override;
  std::uint64_t verify_all(const std::function<void(const content_id& id, std::string_view problem)>& report,
                           const std::function<void(std::uint64_t read)>& progress = {},
                           std::stop_token stop = {}) override;
  store_stats stats() override;
  std::string identity() const override { return repository_.identity(); }

  /// What opening had to put right, in sentences for a log; empty as a rule.
  const std::vector<std::string>& notes() const { return notes_; }

private:
  class batch;
  class collector;
  class segment_mover;
  class verification;
  friend batch;
  friend collector;
  friend segment_mover;
  friend verification;

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
  struct pending_removal : pending_write {
    engine::removal removal;
  };
  struct located {
    block_location where;
    bool pending = false;
    bool damaged = false;
    position end = 0;                  ///< of a pending one
    std::uint64_t number = unnumbered; ///< of one in the index
    bool operator==(const located&) const = default;
  };

  /// What a batch, or a collection for batches that ended meanwhile, protects from removal.
  struct protection {
    touched_blocks blocks;
    std::optional<block_location> from; ///< everything that is written there or later, too

    bool covers(const multihash& hash, const block_location& where) const {
      return (from && !is_before(where, *from)) || blocks.contains(hash);
    }
    void cover_from(const block_location& where) {
      if (!from || is_before(where, *from)) from = where;
    }
  };

  /// A collection that is under way.
  struct collection {
    protection kept;
    std::vector<engine::pin> new_pins; ///< since the collector last looked
  };

  // What may wait for a sync before a put does one itself: it bounds memory, and the tail that a crash leaves.
  static constexpr std::uint64_t most_unsynced = 32 << 20; // bytes
  static constexpr std::size_t most_pending = 8192;        // blocks

  // New blocks that a batch remembers one by one; it protects all that is written after them. It bounds memory.
  static constexpr std::size_t most_remembered = 65536;

  pack_block_store(const std::filesystem::path& directory, pack_options options);

  void open_index();
  void remake_index(const failure& why);
  void use_index_in_memory(const failure& why);
  bool index_is_complete();
  void note_damage(const failure& f);
  void read_segments();
  void read_in(segment_state state, bool is_last);
  void read_in(const removal& r, const block_location& where, index_change& change);
  void remove_retired(std::uint32_t number);

  std::optional<located> find(const multihash& hash);
  bytes read(const content_id& id, const located& found);
  void mark_damaged(const content_id& id, const located& found);

  position put(protection& by, const content_id& id, block_parts block);
  position append_block(const content_id& id, block_parts block);
  position append_pin(pin_change change);
  position append_removal(removal r);
  template <class Write> position append_record(engine::codec codec, bytes_view record, const Write& note);
  position put_pin(pin_change change);
  std::optional<located> keep(protection& by, const content_id& id);
  void release(protection& of);
  std::optional<position> find_same(const pin_change& change);
  bool is_protected(const multihash& hash, const block_location& where) const;
  std::uint64_t punch(std::vector<block_location> places);
  void hide(const std::vector<removed_block>& blocks);
  void show(const std::vector<removed_block>& blocks);
  void lose(const failure& why);
  std::size_t losses();
  failure last_loss();

  void relieve();
  void wait_durable(position end, std::size_t losses_before);
  void settle();
  void lead_sync(std::unique_lock<std::mutex>& commit_lock);
  void sync();
  void update_index(position durable, std::vector<segment_state> segments);

  pack_options options_;
  file_system& files_;
  repository repository_;
  ballast ballast_;
  segment_directory segments_;
  std::unique_ptr<block_index> index_;
  std::optional<failure> read_only_; ///< why nothing can be written
  std::vector<std::string> notes_;

  std::mutex append_mutex_; // the log, and the order of writes
  segment_log log_;
  std::atomic<position> appended_ = 0; ///< written with append_mutex_ held
  std::uint64_t next_pin_ = 1;
  std::vector<segment_state> filled_; ///< segments that are full, and not yet so in the index

  std::mutex protection_mutex_; // taken after append_mutex_
  std::set<const protection*> batches_;
  std::optional<collection> collection_;
  std::atomic<std::uint64_t> removals_ = 0; ///< decided upon; written with protection_mutex_ held

  std::shared_mutex pending_mutex_; // what is not in the index yet; taken after those two
  std::unordered_map<multihash, pending_write> pending_;
  std::vector<pending_pin> pending_pins_;
  std::vector<pending_removal> pending_removals_;
  std::unordered_map<multihash, block_location> hidden_; ///< copies that are removed, and still in the index

  std::mutex commit_mutex_; // who syncs; taken last
  std::condition_variable committed_;
  bool committing_ = false;
  position durable_ = 0;
  position indexed_ = 0;            ///< what the index has
  std::vector<position> lost_from_; ///< for each loss, the place after which writes were lost
  std::optional<failure> last_loss_;
  std::optional<failure> index_trouble_; ///< why the index could not take what is durable

  std::mutex collecting_mutex_;
  std::condition_variable_any collected_;
  bool collecting_ = false;
};

} // namespace pillar::ipfs::engine
