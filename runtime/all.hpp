/// co_await all(a, b, c): starts asks, tasks and sleeps together and gives their results as a tuple. When some fail,
/// all are awaited and the first failure in the order of the arguments is thrown.
#pragma once

#include "runtime/task.hpp"

#include <tuple>
#include <variant>
#include <vector>

namespace pillar {

namespace detail {

template <class T> using valued = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class Awaitable> struct awaited {
  using type = decltype(std::declval<Awaitable>().await_resume());
};
template <class T> struct awaited<task<T>> {
  using type = T;
};
template <class Awaitable> using awaited_t = typename awaited<Awaitable>::type;

struct join {
  std::size_t left = 0;
  std::coroutine_handle<> waiter;
};

/// One strand of a join: awaits one thing and, as the last of its join, resumes who waits.
class strand {
public:
  struct promise_type : promise_base {
    join* joined = nullptr;
    strand get_return_object() { return strand{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    void return_void() noexcept {}
    struct end {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> done) noexcept {
        auto& whole = *done.promise().joined;
        return --whole.left == 0 ? whole.waiter : std::noop_coroutine();
      }
      void await_resume() noexcept {}
    };
    end final_suspend() noexcept { return {}; }
  };

  explicit strand(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  strand(strand&& other) noexcept : coroutine_(std::exchange(other.coroutine_, {})) {}
  strand& operator=(strand&&) = delete;
  ~strand() {
    if (coroutine_) coroutine_.destroy();
  }
  void begin(activity* owner, join& joined) {
    coroutine_.promise().owner = owner;
    coroutine_.promise().joined = &joined;
    coroutine_.resume();
  }
  void check() const {
    if (coroutine_.promise().thrown) std::rethrow_exception(coroutine_.promise().thrown);
  }

private:
  std::coroutine_handle<promise_type> coroutine_;
};

template <class Awaitable> strand follow(Awaitable& what, std::optional<valued<awaited_t<Awaitable>>>& into) {
  if constexpr (std::is_void_v<awaited_t<Awaitable>>) {
    co_await std::move(what);
    into.emplace();
  } else into.emplace(co_await std::move(what));
}

struct begin_all {
  std::vector<strand>& strands;
  join joined{};

  bool await_ready() const noexcept { return strands.empty(); }
  template <class Promise> bool await_suspend(std::coroutine_handle<Promise> by) {
    joined.left = strands.size() + 1; // one for this function, so that nothing resumes before all have begun
    joined.waiter = by;
    for (auto& s : strands) s.begin(by.promise().owner, joined);
    return --joined.left != 0;
  }
  void await_resume() {
    for (auto& s : strands) s.check();
  }
};

} // namespace detail

template <class... Awaitables>
auto all(Awaitables... what) -> task<std::tuple<detail::valued<detail::awaited_t<Awaitables>>...>> {
  std::tuple<std::optional<detail::valued<detail::awaited_t<Awaitables>>>...> results;
  std::vector<detail::strand> strands;
  strands.reserve(sizeof...(Awaitables));
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (strands.push_back(detail::follow(what, std::get<I>(results))), ...);
  }(std::index_sequence_for<Awaitables...>{});
  co_await detail::begin_all{strands};
  co_return std::apply(
      [](auto&... r) { return std::tuple<detail::valued<detail::awaited_t<Awaitables>>...>{std::move(*r)...}; },
      results);
}

/// The same for a number known only at run time; results in the order of the vector.
template <class Awaitable>
auto all_of(std::vector<Awaitable> what) -> task<std::vector<detail::valued<detail::awaited_t<Awaitable>>>> {
  std::vector<std::optional<detail::valued<detail::awaited_t<Awaitable>>>> results(what.size());
  std::vector<detail::strand> strands;
  strands.reserve(what.size());
  for (std::size_t i = 0; i < what.size(); ++i) strands.push_back(detail::follow(what[i], results[i]));
  co_await detail::begin_all{strands};
  std::vector<detail::valued<detail::awaited_t<Awaitable>>> values;
  values.reserve(results.size());
  for (auto& r : results) values.push_back(std::move(*r));
  co_return values;
}

} // namespace pillar
