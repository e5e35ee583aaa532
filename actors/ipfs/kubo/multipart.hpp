/// Files, directories and symbolic links as the multipart form that Kubo's `add` takes (boxo,
/// files/multifilereader.go).
#pragma once

#include "actors/ipfs/format/bytes_view.hpp"
#include "actors/ipfs/format/unixfs.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace pillar::ipfs::engine {

/// Everything but letters, digits and -_.~ as %XX, as names and values in a query and file names in a form need it.
std::string percent_encoded(std::string_view text);

/// Writes one form. Paths are of names joined by '/', without one at the front; a directory comes before what is in it,
/// and all that is in it comes together. Names may be any bytes.
class multipart_writer {
public:
  using sink = std::function<void(bytes_view)>;

  /// The boundary is random, so that no content can contain it.
  explicit multipart_writer(sink to);

  std::string content_type() const { return "multipart/form-data; boundary=" + boundary_; }

  /// The mode and time of what comes next. Kubo looks at them only when it is told to preserve them.
  void describe_next(const unixfs_metadata& metadata) { metadata_ = metadata; }

  /// Begins a file, whose content follows. `absolute` is where it lies on this machine, for Kubo's filestore; may be
  /// empty.
  void file(std::string_view path, std::string_view absolute = {});
  void content(bytes_view piece);

  void directory(std::string_view path);
  void symlink(std::string_view path, std::string_view target);

  /// Ends the form.
  void finish();

private:
  void part(std::string_view path, std::string_view type, std::string_view absolute);
  void write(std::string_view text) { sink_(view_of(text)); }

  sink sink_;
  std::string boundary_;
  unixfs_metadata metadata_; ///< of the next part
  bool begun_ = false;
};

} // namespace pillar::ipfs::engine
