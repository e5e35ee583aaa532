#include "actors/ipfs/store/repository.hpp"

#include "actors/ipfs/store/block_store.hpp"
#include "interfaces/error.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

namespace pillar::ipfs::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "pillar-ipfs-repository";

} // namespace

repository::repository(file_system& files, const fs::path& directory)
    : files_(files), directory_(fs::absolute(directory).lexically_normal()) {
  std::error_code none;
  bool exists = fs::exists(directory_ / "repository", none);
  if (!exists) create();
  lock();
  if (!exists && !fs::exists(directory_ / "repository", none)) {
    auto text = std::string(magic) + " " + std::to_string(version) + "\n" + random_identity() + "\n";
    write_small_file(files_, directory_ / "repository", text);
  }
  read_identity();
}

/// Makes the directories. They are there before the file `repository`, so that a crash in between is made good by the
/// next opening.
void repository::create() {
  std::error_code error;
  fs::create_directories(directory_, error);
  if (error) throw failure_of_errno(error.value(), "cannot create " + directory_.string());
  for (const auto& entry : fs::directory_iterator(directory_, error)) {
    auto name = entry.path().filename().string();
    auto is_ours = name == "lock" || name == "segments" || name == "ballast" || name.starts_with("repository")
                   || name.starts_with("index.");
    if (!is_ours)
      throw failure(errc::bad_request, directory_.string() + " holds " + in_quotes(name)
                                           + " and is no IPFS repository: choose an empty or a new directory");
  }
  if (error) throw failure_of_errno(error.value(), "cannot read " + directory_.string());
  fs::create_directory(segments(), error);
  if (error) throw failure_of_errno(error.value(), "cannot create " + segments().string());
  sync_directory(files_, directory_);
  sync_directory(files_, directory_.parent_path());
}

void repository::lock() {
  auto path = directory_ / "lock";
  try {
    lock_ = open_file(files_, AT_FDCWD, path, O_RDWR | O_CREAT, 0644, "cannot open");
  } catch (const failure& f) {
    if (f.code() != errc::read_only || !fs::exists(directory_ / "repository")) throw;
    writable_ = false;
    lock_ = descriptor(files_.open(AT_FDCWD, path.c_str(), O_RDONLY, 0));
    if (!lock_) return; // nobody can write here, so there is nobody to keep out
  }
  if (::flock(lock_.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) throw_errno("cannot lock", path);
    auto holder = read_small_file(files_, path, 20);
    holder.erase(holder.find_last_not_of(" \n") + 1);
    auto who = holder == std::to_string(::getpid()) ? "this process" : "process " + holder;
    throw failure(errc::in_use, "IPFS repository " + directory_.string() + " is in use by " + who
                                    + ": stop it, or choose another data directory");
  }
  if (!writable_) return;
  // Only a hint for people: a disk that is too full for it still has the lock.
  auto pid = std::to_string(::getpid()) + "\n";
  if (files_.ftruncate(lock_.number(), 0) == 0) (void)files_.write(lock_.number(), pid.data(), pid.size());
}

void repository::read_identity() {
  auto path = directory_ / "repository";
  std::istringstream text(read_small_file(files_, path));
  std::string word;
  unsigned found = 0;
  if (!(text >> word >> found >> identity_) || word != magic || found == 0 || identity_.empty())
    throw failure(errc::damaged, path.string()
                                     + " is not what this program writes: restore it from a backup, or "
                                       "remove it to have the repository take a new identity");
  if (found > version)
    throw failure(errc::unsupported, "IPFS repository " + directory_.string() + " has version " + std::to_string(found)
                                         + ", and this program knows up to " + std::to_string(version)
                                         + ": use a newer program");
}

} // namespace pillar::ipfs::engine
