#include "interfaces/error.hpp"

#include <boost/describe/enum_to_string.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <new>
#include <system_error>

namespace pillar {

std::string_view name_of(errc code) noexcept {
  return boost::describe::enum_to_string(code, "unknown");
}

std::string_view meaning_of(errc code) noexcept {
  switch (code) {
    case errc::expired: return "the deadline passed before the answer came";
    case errc::abandoned: return "the worker ended, or dropped the request, without answering";
    case errc::unavailable: return "no worker serves the interface now, or a peer, disk or daemon cannot be reached";
    case errc::overloaded: return "the worker's inbox, or the pool behind it, is full: try again later";
    case errc::not_granted: return "the configuration does not grant the interface to this plugin";
    case errc::bad_request: return "the request, option or text is malformed";
    case errc::unknown_request: return "the worker's interface has no such request";
    case errc::incompatible: return "the peer's interface differs from this program's";
    case errc::not_found: return "no such key, block, file or name";
    case errc::conflict: return "the document's revision is not the expected one";
    case errc::already_exists: return "the target is there already and is not overwritten";
    case errc::too_large: return "a documented size limit is exceeded";
    case errc::storage_full: return "the disk, or the quota, is full: what was acknowledged is safe";
    case errc::read_only: return "the place cannot be written";
    case errc::in_use: return "another node or process holds the data directory";
    case errc::damaged: return "stored data does not verify: it is never served and never deleted";
    case errc::unsupported: return "a format, version or option that this program does not know";
    case errc::verification_failed: return "a signature does not verify";
    case errc::cancelled: return "the asking side gave up, or the node is stopping";
    case errc::io_error: return "the operating system reported an error";
    case errc::internal: return "a defect: an exception that no contract names";
  }
  return "unknown";
}

bool is_worker_failure(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const worker_failure&) {
    return true;
  } catch (...) {
    return false;
  }
}

std::string to_string(const failure& f) {
  return std::string(name_of(f.code())) + ": " + f.message();
}

failure failure_of_errno(int number, std::string_view what) {
  auto code = errc::io_error;
  switch (number) {
    case ENOSPC:
    case EDQUOT: code = errc::storage_full; break;
    case EROFS:
    case EACCES:
    case EPERM: code = errc::read_only; break;
    case ENOENT:
    case ENOTDIR: code = errc::not_found; break;
    default: break;
  }
  return {code, std::string(what) + ": " + std::generic_category().message(number)};
}

failure to_failure(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const failure& f) {
    return f;
  } catch (const std::filesystem::filesystem_error& e) {
    return failure_of_errno(e.code().value(), e.path1().empty() ? e.what() : e.path1().string());
  } catch (const std::system_error& e) {
    return failure_of_errno(e.code().value(), "the operating system refused");
  } catch (const std::bad_alloc&) {
    return {errc::overloaded, "out of memory"};
  } catch (const std::exception& e) {
    return {errc::internal, e.what()};
  } catch (...) {
    return {errc::internal, "an exception that is no std::exception"};
  }
}

} // namespace pillar
