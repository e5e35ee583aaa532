#include "tools/pillar/upload.hpp"

#include "tools/pillar/input.hpp"

#include <algorithm>
#include <unistd.h>

namespace pillar::cli {

namespace {

constexpr std::size_t piece_size = 1 << 20; // the most that a request takes
// An upload is given up when nothing is sent for a minute. So some bytes are held back, and sent one by one while the
// input pauses: that is enough for a day.
constexpr std::size_t held_back = 4096;
constexpr int longest_pause = 20'000; // milliseconds

class input_upload {
public:
  input_upload(ipfs_session& ipfs, const ipfs::add_options& options)
      : ipfs_(ipfs), upload_(ipfs.ask(ipfs::upload_begin{options})) {}

  ipfs::added run(const std::function<void(std::uint64_t)>& advance) {
    std::uint64_t all = 0;
    bytes room(piece_size);
    for (;;) {
      while (!ipfs_.interrupt().wait_for(STDIN_FILENO, longest_pause)) stay_alive();
      const auto size = read_what_is_there(STDIN_FILENO, room, "standard input");
      if (size == 0) break;
      waiting_.insert(waiting_.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(size));
      if (waiting_.size() >= piece_size) send(waiting_.size() - held_back);
      advance(all += size);
    }
    send(waiting_.size());
    return ipfs_.ask(ipfs::upload_end{upload_});
  }

  void cancel() noexcept {
    try {
      ipfs_.ask(ipfs::upload_cancel{upload_});
    } catch (...) { // it is over, or the node is: then nothing is left of it
    }
  }

private:
  void stay_alive() { send(waiting_.empty() ? 0 : 1); }

  void send(std::size_t size) {
    while (size > 0) {
      const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(size, piece_size));
      bytes piece(waiting_.begin(), end);
      waiting_.erase(waiting_.begin(), end);
      size -= piece.size();
      ipfs_.ask(ipfs::upload_data{upload_, std::move(piece)});
    }
  }

  ipfs_session& ipfs_;
  ipfs::upload upload_;
  bytes waiting_;
};

} // namespace

ipfs::added upload_input(ipfs_session& ipfs, const ipfs::add_options& options,
                         const std::function<void(std::uint64_t)>& advance) {
  ipfs.interrupt().wait_for(STDIN_FILENO, -1); // however long that takes: the upload begins with its first byte
  input_upload upload(ipfs, options);
  try {
    return upload.run(advance);
  } catch (...) {
    upload.cancel();
    throw;
  }
}

} // namespace pillar::cli
