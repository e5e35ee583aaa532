#include "tests/tools/notary/program.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace pillar::test {

demo_program::demo_program(const std::vector<std::string>& arguments, const std::string& temporary) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::vector<std::string> words{PILLAR_PROGRAMS_DIR "/notary-demo"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  id_ = ::fork();
  REQUIRE(id_ >= 0);
  if (id_ == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
    ::setenv("TMPDIR", temporary.c_str(), 1);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
  }
  ::close(ends[1]);
  from_ = ends[0];
}

demo_program::~demo_program() {
  if (id_ > 0) {
    signal(SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  ::close(from_);
}

std::optional<std::string> demo_program::line(std::chrono::steady_clock::time_point until) {
  while (true) {
    if (auto end = unread_.find('\n'); end != unread_.npos) {
      auto text = unread_.substr(0, end);
      unread_.erase(0, end + 1);
      output_ += text + '\n';
      return text;
    }
    if (ended_) return std::nullopt;
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd waiting{from_, POLLIN, 0};
    if (left < 0 || ::poll(&waiting, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    char buffer[4096];
    auto size = ::read(from_, buffer, sizeof buffer);
    if (size > 0) unread_.append(buffer, static_cast<std::size_t>(size));
    else ended_ = true;
  }
}

void demo_program::signal(int number) {
  REQUIRE(id_ > 0);
  ::kill(id_, number);
}

int demo_program::wait() {
  while (!ended_ && line(std::chrono::steady_clock::now() + std::chrono::seconds(50))) {
  }
  CHECK(ended_);
  if (!ended_) signal(SIGKILL);
  while (line(std::chrono::steady_clock::now() + std::chrono::seconds(50))) {
  }
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace pillar::test
