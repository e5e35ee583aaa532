/// Where blocks are kept. Blocks are found by their hash, so that a CID of version 0 and one of version 1 that share it
/// mean the same block.
#pragma once

#include "actors/ipfs/cid.hpp"
#include "actors/ipfs/hasher.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pillar::ipfs::engine {

inline constexpr std::size_t largest_block = 2 << 20; ///< bytes; what Kubo and the block exchange accept

enum class pin_mode : std::uint8_t { recursive = 1, direct = 2 };

struct pin {
  content_id root;
  pin_mode mode = pin_mode::recursive;
  std::string name = {};
  bool operator==(const pin&) const = default;
};

/// A set of writes that becomes durable together. What is put can be read at once, by everyone; only after `commit`
/// may somebody be told that it is stored. A batch that ends without a commit leaves its blocks, but no pins.
class write_batch {
public:
  virtual ~write_batch() = default;

  /// Stores a block whose hash the caller has computed as `id`'s. From several threads at once. Throws too_large,
  /// unsupported (a codec that the store keeps to itself), storage_full, read_only, io_error.
  virtual void put(const content_id& id, block_parts block) = 0;

  /// Pins or unpins a root with the commit, after everything that was put before.
  virtual void pin(engine::pin p) = 0;
  virtual void unpin(const content_id& root) = 0;

  /// Returns when all of it is durable. Throws storage_full, read_only, io_error: then nothing of it was acknowledged,
  /// and what others committed is safe. Batches that commit at the same time share one sync. The batch is empty then,
  /// and may be used again.
  virtual void commit() = 0;
};

/// Every function may be called from several threads at once.
class block_store {
public:
  virtual ~block_store() = default;

  /// The block, verified against its CID; none when it is not here. Throws damaged (naming the CID) when what is
  /// stored does not verify, unsupported for an unknown hash function, io_error.
  virtual std::optional<bytes> get(const content_id& id) = 0;

  /// The size of a block without reading it; none when it is not here.
  virtual std::optional<std::uint64_t> size_of(const content_id& id) = 0;

  virtual std::unique_ptr<write_batch> begin() = 0;

  virtual std::optional<engine::pin> find_pin(const content_id& root) = 0;

  /// The store's own random identity, made when it was created.
  virtual std::string identity() const = 0;
};

/// What a block that its CID holds in itself (hash function identity) contains; none for every other CID.
std::optional<bytes_view> inlined_block(const content_id& id);

/// Throws damaged, naming the CID and the `place`, unless the block's hash is the CID's.
void verify(const content_id& id, bytes_view block, const std::string& place);

/// 128 random bits in hexadecimal, for a new store's identity.
std::string random_identity();

} // namespace pillar::ipfs::engine
