/// Where blocks are kept. Blocks are found by their hash, so that a CID of version 0 and one of version 1 that share it
/// mean the same block.
#pragma once

#include "actors/ipfs/format/block.hpp"
#include "actors/ipfs/format/cid.hpp"
#include "actors/ipfs/format/hasher.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace pillar::ipfs::engine {

enum class pin_mode : std::uint8_t { recursive = 1, direct = 2 };

struct pin {
  content_id root;
  pin_mode mode = pin_mode::recursive;
  std::string name = {};
  bool operator==(const pin&) const = default;
};

/// A set of writes that becomes durable together. What is put can be read at once, by everyone; only after `commit`
/// may somebody be told that it is stored. A batch that ends without a commit leaves its blocks, but no pins. No
/// collection of garbage takes a block that was put into an open batch, or kept by it, whether it was new or not; a
/// collection that is under way when the batch commits or ends does not take them either.
class write_batch {
public:
  virtual ~write_batch() = default;

  /// Stores a block whose hash the caller has computed as `id`'s. From several threads at once. Throws too_large,
  /// unsupported (a codec that the store keeps to itself), storage_full, read_only, io_error.
  virtual void put(const content_id& id, block_parts block) = 0;

  /// Whether a block is here; if so, it is protected from a collection as if it had been put. For whoever pins what is
  /// here already: keep all of it, then pin. Throws as `size_of`; unsupported where nothing is ever collected.
  virtual bool keep(const content_id& id);

  /// Pins or unpins a root with the commit, after everything that was put before.
  virtual void pin(engine::pin p) = 0;
  virtual void unpin(const content_id& root) = 0;

  /// Returns when all of it is durable. Throws storage_full, read_only, io_error: then nothing of it was acknowledged,
  /// and what others committed is safe. Batches that commit at the same time share one sync. The batch is empty then,
  /// and may be used again.
  virtual void commit() = 0;
};

/// What a store holds.
struct store_stats {
  std::uint64_t blocks = 0;
  std::uint64_t block_bytes = 0;   ///< bytes of all blocks
  std::uint64_t disk_bytes = 0;    ///< bytes of the store's files
  std::filesystem::path directory; ///< empty when it is in memory
  unsigned version = 0;            ///< of the repository's format; 0 when it is in memory
};

/// A block that a recursive pin needs, and that is not here.
struct missing_block {
  content_id id;
  content_id root; ///< the pin's
  bool operator==(const missing_block&) const = default;
};

/// What a collection of garbage did.
struct collected_garbage {
  std::uint64_t blocks = 0;           ///< that were removed
  std::uint64_t block_bytes = 0;      ///< bytes of them
  std::uint64_t disk_bytes = 0;       ///< bytes that were given back to the disk; the rest waits for later collections
  std::vector<missing_block> missing; ///< at most `most_missing`; what pins need and is not here
  static constexpr std::size_t most_missing = 1000;
};

/// The number of a block that has none yet.
inline constexpr auto unnumbered = std::numeric_limits<std::uint64_t>::max();

/// Every function may be called from several threads at once. A visitor, a report or a progress callback is called with
/// no lock held: it may use the store. What it throws ends the work and comes out.
class block_store {
public:
  virtual ~block_store() = default;

  /// The block, verified against its CID; none when it is not here. Throws damaged (naming the CID) when what is
  /// stored does not verify, unsupported for an unknown hash function, io_error.
  virtual std::optional<bytes> get(const content_id& id) = 0;

  /// The block when it is at hand in memory, without waiting for a disk or for anybody; none says nothing of the store.
  virtual std::optional<bytes> get_at_once(const content_id& id);

  /// The size of a block without reading it; none when it is not here.
  virtual std::optional<std::uint64_t> size_of(const content_id& id) = 0;

  /// A batch of its own for each who writes. It must not outlive the store.
  virtual std::unique_ptr<write_batch> begin() = 0;

  virtual std::optional<engine::pin> find_pin(const content_id& root) = 0;

  // The repository. A store whose blocks somebody else manages throws unsupported.

  /// Visits every pin: each that is there from the beginning to the end of the visit, once; those that come or go
  /// meanwhile, maybe.
  virtual void for_each_pin(const std::function<void(const engine::pin&)>& visit);

  /// Visits every block, with its size in bytes, as CIDv1 of codec raw: the store knows hashes, not codecs. Blocks that
  /// come or go meanwhile are visited, or not.
  virtual void for_each_block(const std::function<void(const content_id& id, std::uint64_t size)>& visit);

  /// The store's own small number for a block, which stays the same while the block is here: for marks. `unnumbered`
  /// for one that was put just now; none when it is not here.
  virtual std::optional<std::uint64_t> number_of(const content_id& id);

  /// Removes a block, durably; whether it was here. Pins are not looked at: see `find_pinnings`. Throws in_use (a batch
  /// that is open put or kept the block), storage_full (of which a store on disk knows to keep itself, as a rule),
  /// read_only, io_error: then it is still here.
  virtual bool remove(const content_id& id);

  /// Removes every block that no pin needs, and gives their room back to the disk as far as that is worth it, while
  /// adds and reads go on; on a full disk too, where adds may answer storage_full until there is room. `removed` is
  /// told each block as CIDv1 of codec raw. What is removed stays so once this has returned; after a crash before that,
  /// some of it may be here again. A pin needs its root and, when recursive, all that is linked below (dag-pb, dag-cbor
  /// and dag-json); blocks that it needs and that are not here are named in the result. Throws unsupported (a pinned
  /// block's codec is unknown, so it is not known what it needs), damaged (a pinned block with links does not verify):
  /// both name block and pin, before anything needed is removed; cancelled, storage_full, read_only, io_error: what was
  /// removed until then stays so, and pinned content is whole. One collection at a time: others wait.
  virtual collected_garbage collect_garbage(const std::function<void(const content_id& id)>& removed = {},
                                            std::stop_token stop = {});

  /// Reads every block and reports each that is not what its CID says, or cannot be read, with a sentence that says
  /// why. `progress` is told from time to time how many were read. Returns how many. Throws cancelled.
  virtual std::uint64_t verify_all(const std::function<void(const content_id& id, std::string_view problem)>& report,
                                   const std::function<void(std::uint64_t read)>& progress = {},
                                   std::stop_token stop = {});

  /// Takes a moment where there are millions of blocks: they are counted.
  virtual store_stats stats();

  /// The store's own random identity, made when it was created.
  virtual std::string identity() const = 0;
};

/// 128 random bits in hexadecimal, for a new store's identity.
std::string random_identity();

} // namespace pillar::ipfs::engine
