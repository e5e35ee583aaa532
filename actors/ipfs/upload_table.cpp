#include "actors/ipfs/upload_table.hpp"

#include "actors/ipfs/system/byte_pipe.hpp"
#include "interfaces/error.hpp"

#include <atomic>
#include <random>
#include <thread>
#include <utility>

namespace pillar::ipfs {

namespace {

constexpr std::size_t under_way = 4 << 20; // bytes that were sent and not yet read

/// Not to be guessed: who knows the number may write.
std::uint64_t new_id() {
  std::random_device random;
  return (std::uint64_t{random()} << 32 | random()) & 0x7fff'ffff'ffff'ffff;
}

failure no_upload(upload which) {
  return failure(errc::not_found, "there is no upload " + std::to_string(which.id)
                                      + ": it has ended, or nothing was sent for a minute: begin another");
}

} // namespace

class upload_table::session {
public:
  session(std::shared_ptr<backend> to, add_options options, std::chrono::milliseconds longest_pause)
      : pipe_(under_way), longest_pause_(longest_pause),
        thread_([this, to = std::move(to), options = std::move(options)](const std::stop_token& stop) {
          run(*to, options, stop);
        }) {}
  ~session() { stop(); }

  void stop() {
    thread_.request_stop();
    pipe_.finish(std::make_exception_ptr(failure(errc::cancelled, "the upload was cancelled")));
  }

  void write(engine::bytes_view data) {
    try {
      pipe_.write(data);
    } catch (const failure& f) {
      if (f.code() != errc::cancelled) throw;
      wait(); // the reader has gone: with a reason
      if (outcome_.has_value()) throw;
      throw outcome_.error();
    }
  }
  added end() {
    pipe_.finish();
    wait();
    return outcome_.value();
  }

  bool over() const { return over_; }

private:
  void wait() {
    std::lock_guard lock(join_mutex_);
    if (thread_.joinable()) thread_.join();
  }
  void run(backend& to, const add_options& options, const std::stop_token& stop) {
    try {
      outcome_ = to.add_stream(
          [&](std::span<std::byte> room) {
            std::size_t filled = 0;
            while (filled < room.size()) {
              auto some = pipe_.read(room.subspan(filled), stop, longest_pause_);
              if (some == 0) break;
              filled += some;
            }
            return filled;
          },
          options, stop);
    } catch (...) {
      outcome_ = to_failure(std::current_exception());
    }
    over_ = true;
    pipe_.abandon();
  }

  engine::byte_pipe pipe_;
  const std::chrono::milliseconds longest_pause_;
  std::atomic<bool> over_ = false;
  result<added> outcome_ = added{}; // of the thread, until it was joined
  std::mutex join_mutex_;
  std::jthread thread_;
};

upload_table::upload_table(std::shared_ptr<backend> to, std::chrono::milliseconds longest_pause)
    : to_(std::move(to)), longest_pause_(longest_pause) {}
upload_table::~upload_table() = default;

upload upload_table::begin(const add_options& options) {
  to_->check(options);
  std::lock_guard lock(mutex_);
  if (sessions_.size() >= most) std::erase_if(sessions_, [](auto& one) { return one.second->over(); });
  if (sessions_.size() >= most)
    throw failure(errc::overloaded, std::to_string(most) + " uploads are under way: end one, or try again later");
  upload fresh{new_id()};
  sessions_.emplace(fresh.id, std::make_shared<session>(to_, options, longest_pause_));
  return fresh;
}

std::shared_ptr<upload_table::session> upload_table::find(upload which) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.find(which.id);
  if (found == sessions_.end()) throw no_upload(which);
  return found->second;
}

std::shared_ptr<upload_table::session> upload_table::take(upload which) {
  std::lock_guard lock(mutex_);
  auto found = sessions_.extract(which.id);
  return found ? std::move(found.mapped()) : nullptr;
}

void upload_table::write(upload to, engine::bytes_view data) {
  if (data.size() > largest_piece)
    throw failure(errc::too_large, "the piece has " + std::to_string(data.size())
                                       + " bytes, and 1 MiB are the most: send it in several");
  auto session = find(to);
  try {
    session->write(data);
  } catch (...) {
    take(to);
    throw;
  }
}

added upload_table::end(upload of) {
  auto session = take(of);
  if (!session) throw no_upload(of);
  return session->end();
}

void upload_table::cancel(upload which) {
  if (auto session = take(which)) session->stop(); // who writes to it just now is told
}

} // namespace pillar::ipfs
