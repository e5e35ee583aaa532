/// IPFS: content addressed files. What is added is durable before the answer, and what is read is verified against its
/// CID. CIDs are those of `ipfs add` with the same options. Answered by the embedded block store, or by a Kubo daemon.
#pragma once

#include "interfaces/ipfs_content.hpp"
#include "interfaces/ipfs_repository.hpp"
#include "interfaces/ipfs_topics.hpp"

namespace pillar::ipfs {

struct service
    : interface<"ipfs", add_str, add_bytes, add_file, add_files, upload_begin, upload_data, upload_end, upload_cancel,
                cat, get_file, get_archive, ls, stat, resolve, block_put, block_get, block_stat, block_rm, dag_export,
                dag_import, pin_add, pin_rm, pin_ls, gc, verify, repo_stat, get_id, publish, subscribe> {};
struct reader
    : narrow<service, cat, get_file, get_archive, ls, stat, resolve, block_get, block_stat, dag_export, get_id> {};
struct pubsub : narrow<service, publish, subscribe> {};

} // namespace pillar::ipfs

extern template struct pillar::wire<pillar::ipfs::service>;
