#include "runtime/worker.hpp"

namespace pillar::detail {

void fail_request(actor& self, const std::exception_ptr& thrown, const request_info& info, const envelope& head,
                  duty& owed) {
  auto f = to_failure(thrown);
  self.note(f, info.name, head);
  owed.answer(error_letter(f), self.here());
  try {
    std::rethrow_exception(thrown);
  } catch (const worker_failure&) {
    self.end(to_caf_error(f));
  } catch (...) { // the caller's failure only
  }
}

} // namespace pillar::detail
