// The commands whose libraries this program was built without.
#include "anonymise.hpp"
#include "flows.hpp"
#include "watch.hpp"

#include <weir/core/error.hpp>

namespace cli {

#if !__has_include(<pcap/pcap.h>)
int flows(const FlowsOptions&) {
  weir::fail(weir::ErrorKind::config, "flows: this program was built without libpcap");
}
int watch(const WatchOptions&) {
  weir::fail(weir::ErrorKind::config, "watch: this program was built without libpcap");
}
#endif

#if !__has_include(<pcap/pcap.h>) || !__has_include(<openssl/evp.h>)
int anonymise(const AnonymiseOptions&) {
  weir::fail(weir::ErrorKind::config, "anonymise: this program was built without libpcap or OpenSSL");
}
#endif

}  // namespace cli
