/// The node behind `pillar ipfs ...`.
#pragma once

#include "actors/standard.hpp"
#include "interfaces/ipfs.hpp"
#include "tools/pillar/interruption.hpp"
#include "tools/pillar/session.hpp"

#include <optional>
#include <utility>

namespace pillar::cli {

template <class T> class ipfs_items;

/// A node with IPFS only, from which Ctrl-C brings back whoever waits. Errors: those of session::open.
class ipfs_session {
public:
  ipfs_session(session& in, access how) : in_(in), node_(in.open_ipfs(how)), interrupt_([this] { node_.stop(); }) {}

  /// The reply, or an ipfs_items with them. Throws interrupted.
  template <class Request> auto ask(Request request) {
    using reply = typename Request::reply;
    return guarded([&] {
      if constexpr (is_stream<reply>)
        return ipfs_items<typename reply::item_type>(*this, in_.ask(std::move(request), {.limit = content_limit}));
      else return in_.ask(std::move(request), {.limit = content_limit});
    });
  }

  output& out() { return in_.out(); }
  bool json() const { return in_.json(); }
  void note(std::string text) { in_.note(std::move(text)); }
  bool uses_daemon() const { return cli::uses_daemon(node_.settings()); }
  const std::filesystem::path& data() { return node_.data(); }
  /// A directory for files of this command.
  std::filesystem::path scratch() { return uses_daemon() ? std::filesystem::temp_directory_path() : data(); }
  const interruption& interrupt() const { return interrupt_; }

  /// A failure after Ctrl-C is its consequence.
  template <class F> auto guarded(F f) const {
    try {
      return f();
    } catch (const failure&) {
      interrupt_.check();
      throw;
    }
  }

private:
  session& in_;
  node& node_;
  interruption interrupt_;
};

/// The items of a stream, one after the other.
template <class T> class ipfs_items {
public:
  ipfs_items(const ipfs_session& in, blocking_stream<T> from) : in_(in), from_(std::move(from)) {}

  /// Nothing at the end. Throws interrupted.
  std::optional<T> next() {
    auto item = in_.guarded([&] { return from_.next(); });
    in_.interrupt().check();
    return item;
  }

private:
  const ipfs_session& in_;
  blocking_stream<T> from_;
};

} // namespace pillar::cli
