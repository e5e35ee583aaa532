#include "actors/ipfs/store/block_index.hpp"

#include "interfaces/error.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <tuple>

namespace pillar::ipfs::engine {
namespace {

constexpr std::int64_t application_id = 0x50694931; // "PiI1"
constexpr std::int64_t schema_version = 2;

constexpr auto schema = R"(
  CREATE TABLE blocks(hash BLOB PRIMARY KEY, number INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL,
                      size INTEGER NOT NULL, damaged INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE pins(root BLOB PRIMARY KEY, mode INTEGER NOT NULL, name TEXT NOT NULL, segment INTEGER NOT NULL,
                    offset INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE segments(number INTEGER PRIMARY KEY, indexed INTEGER NOT NULL, sealed INTEGER NOT NULL,
                        retired INTEGER NOT NULL);
  CREATE TABLE sequence(last INTEGER NOT NULL, last_number INTEGER NOT NULL);
  INSERT INTO sequence VALUES(0, 0);
)";

/// A file's name in a URI.
std::string uri_of(const std::filesystem::path& file, std::string_view parameters) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri = "file:";
  for (auto c : file.string()) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '%' || c == '?' || c == '#' || byte < 0x20) {
      uri += '%';
      uri += digits[byte >> 4];
      uri += digits[byte & 15];
    } else {
      uri += c;
    }
  }
  return uri + "?" + std::string(parameters);
}

bytes bytes_of(const content_id& id) {
  bytes out;
  id.append_to(out);
  return out;
}

/// A block's key as the hash that it is.
multihash hash_from(bytes_view key) {
  bytes id{std::byte{1}, static_cast<std::byte>(codec::raw)};
  append(id, key);
  return content_id::from_bytes(id).hash();
}

std::filesystem::path beside(const std::filesystem::path& file, const char* ending) {
  auto path = file;
  return path += ending;
}

} // namespace

struct block_index::reader {
  explicit reader(const std::string& file)
      : connection(file, sqlite_connection::mode::read_only),
        find(connection.prepare("SELECT segment, offset, size, damaged, number FROM blocks WHERE hash = ?")) {
    connection.execute("PRAGMA cache_size = -1024"); // KiB; there may be one of these for each thread
  }

  sqlite_connection connection;
  sqlite_statement find;
};

/// A reader for one look-up. It goes back to the idle ones unless the look-up failed.
class block_index::lent_reader {
public:
  explicit lent_reader(block_index& index) : index_(index) {
    std::unique_lock lock(index.readers_mutex_);
    if (!index.idle_readers_.empty()) {
      reader_ = std::move(index.idle_readers_.back());
      index.idle_readers_.pop_back();
      return;
    }
    lock.unlock();
    reader_ = std::make_unique<reader>(index.file_);
  }
  lent_reader(const lent_reader&) = delete;
  lent_reader& operator=(const lent_reader&) = delete;
  ~lent_reader() {
    std::lock_guard lock(index_.readers_mutex_);
    index_.idle_readers_.push_back(std::move(reader_));
  }
  reader* operator->() { return reader_.get(); }

private:
  block_index& index_;
  std::unique_ptr<reader> reader_;
};

struct block_index::writer {
  explicit writer(const std::string& file) : connection(file, sqlite_connection::mode::create) {
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL"); // in a new file only; for `give_back`
    connection.execute("PRAGMA journal_mode = WAL");
    connection.execute("PRAGMA synchronous = NORMAL"); // what a power failure takes, the segments give back
    connection.execute("PRAGMA cache_size = -8192");   // KiB
    if (connection.number("PRAGMA application_id") == 0
        && connection.number("SELECT count(*) FROM sqlite_schema") == 0) {
      connection.transaction([&] {
        connection.execute(schema);
        connection.execute("PRAGMA application_id = " + std::to_string(application_id));
        connection.execute("PRAGMA user_version = " + std::to_string(schema_version));
      });
    }
    check_kind(connection);
    insert.emplace(connection.prepare(
        "INSERT INTO blocks VALUES(?, ?, ?, ?, ?, 0) ON CONFLICT(hash) DO UPDATE SET segment = excluded.segment, "
        "offset = excluded.offset, size = excluded.size, damaged = 0"));
    insert_damaged.emplace(connection.prepare("INSERT OR IGNORE INTO blocks VALUES(?, ?, ?, ?, ?, 1)"));
    erase.emplace(connection.prepare("DELETE FROM blocks WHERE hash = ? AND segment = ? AND offset = ?"));
    mark.emplace(connection.prepare("UPDATE blocks SET damaged = 1 WHERE hash = ?"));
    pin.emplace(connection.prepare("INSERT OR REPLACE INTO pins VALUES(?, ?, ?, ?, ?)"));
    unpin.emplace(connection.prepare("DELETE FROM pins WHERE root = ?"));
    segment.emplace(connection.prepare("INSERT OR REPLACE INTO segments VALUES(?, ?, ?, ?)"));
    retire.emplace(connection.prepare("UPDATE segments SET retired = 1 WHERE number = ?"));
    sequence.emplace(connection.prepare("UPDATE sequence SET last = max(last, ?)"));
    numbers.emplace(connection.prepare("UPDATE sequence SET last_number = ?"));
    last_number = connection.number("SELECT last_number FROM sequence");
  }

  static void check_kind(sqlite_connection& connection) {
    if (connection.number("PRAGMA application_id") != application_id
        || connection.number("PRAGMA user_version") != schema_version)
      throw failure(errc::damaged, "the index is not of this program's version");
  }

  void add(const index_change::block& b) {
    auto& statement = b.damaged ? *insert_damaged : *insert;
    statement.bind(1, b.hash.data());
    statement.bind(2, ++last_number);
    statement.bind(3, std::int64_t{b.location.segment});
    statement.bind(4, static_cast<std::int64_t>(b.location.offset));
    statement.bind(5, std::int64_t{b.location.size});
    statement.run();
  }

  void remove(const removed_block& b) {
    erase->bind(1, b.hash.data());
    erase->bind(2, std::int64_t{b.where.segment});
    erase->bind(3, static_cast<std::int64_t>(b.where.offset));
    erase->run();
  }

  void change(const pin_change& c) {
    auto root = bytes_of(c.root);
    auto& statement = c.pin ? *pin : *unpin;
    statement.bind(1, root);
    if (c.pin) {
      statement.bind(2, static_cast<std::int64_t>(c.pin->mode));
      statement.bind(3, std::string_view(c.pin->name));
      statement.bind(4, std::int64_t{c.where.segment});
      statement.bind(5, static_cast<std::int64_t>(c.where.offset));
    }
    statement.run();
    sequence->bind(1, static_cast<std::int64_t>(c.sequence));
    sequence->run();
  }

  void set(const segment_state& s) {
    segment->bind(1, std::int64_t{s.number});
    segment->bind(2, static_cast<std::int64_t>(s.indexed));
    segment->bind(3, std::int64_t{s.sealed});
    segment->bind(4, std::int64_t{s.retired});
    segment->run();
  }

  sqlite_connection connection;
  std::optional<sqlite_statement> insert, insert_damaged, erase, mark, pin, unpin, segment, retire, sequence, numbers;
  std::int64_t last_number = 0;
};

block_index::block_index(std::string file, bool read_only, ballast* room)
    : file_(std::move(file)), read_only_(read_only), room_(room) {
  if (read_only) {
    sqlite_connection connection(file_, sqlite_connection::mode::read_only);
    writer::check_kind(connection);
  } else {
    writer_ = std::make_unique<writer>(file_);
  }
}

block_index::~block_index() {
  idle_readers_.clear(); // the last connection to close tidies up, and must be able to write
}

std::unique_ptr<block_index> block_index::open(const std::filesystem::path& file, ballast& room) {
  return room.retry([&] { return std::unique_ptr<block_index>(new block_index(uri_of(file, ""), false, &room)); });
}

std::unique_ptr<block_index> block_index::open_read_only(const std::filesystem::path& file) {
  std::error_code none;
  if (auto size = std::filesystem::file_size(beside(file, "-wal"), none); !none && size > 0)
    throw failure(errc::damaged, "a part of the index is still in " + beside(file, "-wal").string());
  return std::unique_ptr<block_index>(new block_index(uri_of(file, "immutable=1"), true));
}

std::unique_ptr<block_index> block_index::in_memory() {
  static std::atomic<unsigned> count = 0; // each has a name of its own, by which its connections find it
  return std::unique_ptr<block_index>(
      new block_index(uri_of("pillar-index-" + std::to_string(++count), "mode=memory&cache=shared"), false));
}

void block_index::remove(const std::filesystem::path& file) {
  for (const auto* ending : {"", "-wal", "-shm"}) {
    std::error_code error;
    if (std::filesystem::remove(beside(file, ending), error); error)
      throw failure_of_errno(error.value(), "cannot remove " + beside(file, ending).string());
  }
}

std::optional<block_index::found> block_index::find(const multihash& hash) {
  lent_reader reader(*this);
  statement_use query(reader->find);
  query->bind(1, hash.data());
  if (!query->step()) return {};
  found f;
  f.location.segment = static_cast<std::uint32_t>(query->number(0));
  f.location.offset = static_cast<std::uint64_t>(query->number(1));
  f.location.size = static_cast<std::uint32_t>(query->number(2));
  f.damaged = query->number(3) != 0;
  f.number = static_cast<std::uint64_t>(query->number(4));
  return f;
}

std::vector<block_index::entry> block_index::blocks_after(bytes_view after, std::size_t most) {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT segment, offset, size, damaged, number, hash FROM blocks "
                                          "WHERE hash > ? ORDER BY hash LIMIT ?");
  query.bind(1, after);
  query.bind(2, static_cast<std::int64_t>(most));
  std::vector<entry> out;
  while (query.step()) {
    entry e;
    e.location.segment = static_cast<std::uint32_t>(query.number(0));
    e.location.offset = static_cast<std::uint64_t>(query.number(1));
    e.location.size = static_cast<std::uint32_t>(query.number(2));
    e.damaged = query.number(3) != 0;
    e.number = static_cast<std::uint64_t>(query.number(4));
    e.hash = hash_from(query.blob(5));
    out.push_back(std::move(e));
  }
  return out;
}

std::vector<engine::pin> block_index::pins_after(bytes_view after, std::size_t most) {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT root, mode, name FROM pins WHERE root > ? ORDER BY root LIMIT ?");
  query.bind(1, after);
  query.bind(2, static_cast<std::int64_t>(most));
  std::vector<engine::pin> out;
  while (query.step())
    out.push_back({content_id::from_bytes(query.blob(0)), static_cast<pin_mode>(query.number(1)), query.text(2)});
  return out;
}

std::optional<block_location> block_index::find_pin_record(const content_id& root) {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT segment, offset FROM pins WHERE root = ?");
  auto key = bytes_of(root);
  query.bind(1, key);
  if (!query.step()) return {};
  return block_location{static_cast<std::uint32_t>(query.number(0)), 0, static_cast<std::uint64_t>(query.number(1))};
}

std::uint64_t block_index::last_number() {
  lent_reader reader(*this);
  return static_cast<std::uint64_t>(reader->connection.number("SELECT last_number FROM sequence"));
}

std::optional<engine::pin> block_index::find_pin(const content_id& root) {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT mode, name FROM pins WHERE root = ?");
  auto key = bytes_of(root);
  query.bind(1, key);
  if (!query.step()) return {};
  return engine::pin{root, static_cast<pin_mode>(query.number(0)), query.text(1)};
}

amount block_index::blocks() {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT count(*), sum(size) FROM blocks");
  query.step();
  return {static_cast<std::uint64_t>(query.number(0)), static_cast<std::uint64_t>(query.number(1))};
}

std::map<std::uint32_t, amount> block_index::pins_by_segment() {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT segment, length(root) + length(CAST(name AS BLOB)) FROM pins");
  std::map<std::uint32_t, amount> out;
  while (query.step()) {
    auto& pins = out[static_cast<std::uint32_t>(query.number(0))];
    ++pins.count;
    pins.bytes += static_cast<std::uint64_t>(query.number(1));
  }
  return out;
}

std::vector<segment_state> block_index::segments() {
  lent_reader reader(*this);
  auto query = reader->connection.prepare("SELECT number, indexed, sealed, retired FROM segments ORDER BY number");
  std::vector<segment_state> out;
  while (query.step())
    out.push_back({static_cast<std::uint32_t>(query.number(0)), static_cast<std::uint64_t>(query.number(1)),
                   query.number(2) != 0, query.number(3) != 0});
  return out;
}

std::uint64_t block_index::last_sequence() {
  lent_reader reader(*this);
  return static_cast<std::uint64_t>(reader->connection.number("SELECT last FROM sequence"));
}

void block_index::apply(const index_change& change) {
  if (read_only_) throw failure(errc::read_only, "the index is open for reading only");
  std::vector<const index_change::block*> sorted; // in the order of the table's pages
  sorted.reserve(change.blocks.size());
  for (const auto& block : change.blocks) sorted.push_back(&block);
  std::ranges::sort(sorted, [](const auto* a, const auto* b) { // of two copies, the later one counts
    return std::tie(a->hash, a->location.segment, a->location.offset)
           < std::tie(b->hash, b->location.segment, b->location.offset);
  });
  retry([&] { apply(change, sorted); });
}

/// Does a change, again when the disk was full and there is room now.
template <class Work> void block_index::retry(const Work& work) {
  if (room_) room_->retry(work);
  else work();
}

void block_index::apply(const index_change& change, const std::vector<const index_change::block*>& sorted) {
  std::lock_guard lock(writer_mutex_);
  auto last_number = writer_->last_number;
  try {
    writer_->connection.transaction([&] {
      for (const auto* block : sorted) writer_->add(*block);
      for (const auto& block : change.removed) writer_->remove(block);
      for (const auto& p : change.pins) writer_->change(p);
      for (const auto& segment : change.segments) writer_->set(segment);
      for (auto number : change.retired) {
        writer_->retire->bind(1, std::int64_t{number});
        writer_->retire->run();
      }
      if (sorted.empty()) return;
      writer_->numbers->bind(1, writer_->last_number);
      writer_->numbers->run();
    });
  } catch (...) {
    writer_->last_number = last_number;
    throw;
  }
}

void block_index::forget_segment(std::uint32_t number) {
  if (read_only_) return;
  std::lock_guard lock(writer_mutex_);
  retry([&] {
    writer_->connection.execute("DELETE FROM segments WHERE retired AND number = " + std::to_string(number));
  });
}

void block_index::give_back() {
  if (read_only_) return;
  for (;;) {
    std::lock_guard lock(writer_mutex_);
    auto& connection = writer_->connection;
    auto free_pages = connection.number("PRAGMA freelist_count");
    if (free_pages * 2 < connection.number("PRAGMA page_count")) return;
    try {
      retry([&] { connection.execute("PRAGMA incremental_vacuum(1000)"); });
    } catch (const failure& f) {
      if (f.code() == errc::storage_full) return;
      throw;
    }
    if (connection.number("PRAGMA freelist_count") >= free_pages) return;
  }
}

void block_index::remove_blocks_of(std::uint32_t segment) {
  if (read_only_) return;
  std::lock_guard lock(writer_mutex_);
  retry([&] { writer_->connection.execute("DELETE FROM blocks WHERE segment = " + std::to_string(segment)); });
}

void block_index::mark_damaged(const multihash& hash) {
  if (read_only_) return;
  std::lock_guard lock(writer_mutex_);
  writer_->mark->bind(1, hash.data());
  writer_->mark->run();
}

} // namespace pillar::ipfs::engine
