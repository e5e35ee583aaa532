#include "actors/key_manager/rnp_log.hpp"

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

// How: the loader keeps, for each library, a table with the address of every function that it calls from another one
// (System V ABI, "Global Offset Table"). In RNP's table the addresses of fprintf and of its checked twin are replaced.

namespace pillar::key_manager::rnp {

namespace {

int quiet_fprintf_chk(std::FILE* to, int, const char* format, ...) {
  if (to == stderr) return 0;
  std::va_list arguments;
  va_start(arguments, format);
  auto written = std::vfprintf(to, format, arguments);
  va_end(arguments);
  return written;
}

int quiet_fprintf(std::FILE* to, const char* format, ...) {
  if (to == stderr) return 0;
  std::va_list arguments;
  va_start(arguments, format);
  auto written = std::vfprintf(to, format, arguments);
  va_end(arguments);
  return written;
}

std::uintptr_t replacement_of(std::string_view function) {
  if (function == "__fprintf_chk") return reinterpret_cast<std::uintptr_t>(&quiet_fprintf_chk);
  if (function == "fprintf") return reinterpret_cast<std::uintptr_t>(&quiet_fprintf);
  return 0;
}

/// One loaded library, as its program headers and dynamic section describe it.
class library {
public:
  explicit library(const dl_phdr_info& info) : base_(info.dlpi_addr) {
    for (int i = 0; i < info.dlpi_phnum; ++i) {
      auto& header = info.dlpi_phdr[i];
      if (header.p_type == PT_DYNAMIC) read_dynamic(reinterpret_cast<const ElfW(Dyn)*>(base_ + header.p_vaddr));
      if (header.p_type == PT_GNU_RELRO) {
        read_only_begin_ = base_ + header.p_vaddr;
        read_only_end_ = read_only_begin_ + header.p_memsz;
      }
    }
  }

  void replace_functions() const {
    if (!symbols_ || !names_) return;
    for (auto& table : tables_) {
      for (std::size_t at = 0; at + table.stride <= table.size; at += table.stride) {
        // Rela begins as Rel does.
        auto& entry = *reinterpret_cast<const ElfW(Rel)*>(table.begin + at);
        auto& symbol = symbols_[entry.r_info >> (sizeof(entry.r_info) == 8 ? 32 : 8)];
        if (auto function = replacement_of(names_ + symbol.st_name)) write(base_ + entry.r_offset, function);
      }
    }
  }

private:
  struct relocations {
    std::uintptr_t begin = 0;
    std::size_t size = 0, stride = sizeof(ElfW(Rela));
  };

  /// On some architectures the loader leaves these addresses relative to the library.
  std::uintptr_t address(ElfW(Addr) value) const { return value < base_ ? value + base_ : value; }

  void read_dynamic(const ElfW(Dyn) * entry) {
    auto& [calls, data, data_without_addend] = tables_;
    data_without_addend.stride = sizeof(ElfW(Rel));
    for (; entry->d_tag != DT_NULL; ++entry) {
      switch (entry->d_tag) {
        case DT_SYMTAB: symbols_ = reinterpret_cast<const ElfW(Sym)*>(address(entry->d_un.d_ptr)); break;
        case DT_STRTAB: names_ = reinterpret_cast<const char*>(address(entry->d_un.d_ptr)); break;
        case DT_JMPREL: calls.begin = address(entry->d_un.d_ptr); break;
        case DT_PLTRELSZ: calls.size = entry->d_un.d_val; break;
        case DT_PLTREL: calls.stride = entry->d_un.d_val == DT_REL ? sizeof(ElfW(Rel)) : sizeof(ElfW(Rela)); break;
        case DT_RELA: data.begin = address(entry->d_un.d_ptr); break;
        case DT_RELASZ: data.size = entry->d_un.d_val; break;
        case DT_REL: data_without_addend.begin = address(entry->d_un.d_ptr); break;
        case DT_RELSZ: data_without_addend.size = entry->d_un.d_val; break;
        default: break;
      }
    }
  }

  void write(std::uintptr_t slot, std::uintptr_t function) const {
    auto page_size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    auto page = reinterpret_cast<void*>(slot / page_size * page_size);
    bool read_only = read_only_begin_ <= slot && slot < read_only_end_;
    if (read_only && ::mprotect(page, page_size, PROT_READ | PROT_WRITE) != 0) return;
    std::atomic_ref(*reinterpret_cast<std::uintptr_t*>(slot)).store(function);
    if (read_only) ::mprotect(page, page_size, PROT_READ);
  }

  std::uintptr_t base_;
  std::uintptr_t read_only_begin_ = 0, read_only_end_ = 0; // pages that the loader closed after start-up
  const ElfW(Sym) * symbols_ = nullptr;
  const char* names_ = nullptr;
  std::array<relocations, 3> tables_{};
};

int silence_if_rnp(dl_phdr_info* info, std::size_t, void*) {
  if (!info->dlpi_name || std::string_view(info->dlpi_name).find("/librnp.so") == std::string_view::npos) return 0;
  library(*info).replace_functions();
  return 1;
}

bool wanted_by_user() {
  auto value = std::getenv("RNP_LOG_CONSOLE");
  return value && std::string_view(value) != "0";
}

} // namespace

void silence_rnp_log() noexcept {
  static std::once_flag once;
  std::call_once(once, [] {
    if (!wanted_by_user()) dl_iterate_phdr(&silence_if_rnp, nullptr);
  });
}

} // namespace pillar::key_manager::rnp
