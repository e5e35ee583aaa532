#include "runtime/worker.hpp"

namespace pillar::detail {

void fail_request(actor& self, const std::exception_ptr& thrown, const request_info& info, const envelope& head,
                  duty& owed) {
  auto f = to_failure(thrown);
  if (f.code() == errc::cancelled && self.is_over(head.deadline)) f = {errc::expired, f.message()}; // that is why
  self.note(f, info.name, head);
  owed.answer(error_letter(f), self.here());
  if (is_worker_failure(thrown)) self.end(to_caf_error(f));
}

} // namespace pillar::detail
