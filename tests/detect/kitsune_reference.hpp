// Kitsune written down once more, slowly and plainly, for the tests: linear searches, text keys, sums over
// the whole past. And a stream of packets to try both on.
#pragma once

#include <weir/core/rng.hpp>
#include <weir/traffic/packet/packet.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace kitsune_reference {

using Vector = std::vector<double>;
inline constexpr std::array<double, 5> lambdas{5, 3, 1, .1, .01};

/// A product or quotient in one rounding of its own, whatever the compiler would like.
inline double alone(double value) {
  volatile double kept = value;
  return kept;
}

/// As Python squares: by pow, not by a product.
inline double square(double value) {
  volatile double two = 2.0;
  return std::pow(value, two);
}

// ---------------------------------------------------------------------------------------------- packets

inline weir::IpAddress ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
  weir::IpAddress address{};
  address[0] = static_cast<std::uint8_t>(a);
  address[1] = static_cast<std::uint8_t>(b);
  address[2] = static_cast<std::uint8_t>(c);
  address[3] = static_cast<std::uint8_t>(d);
  return address;
}

/// Hosts that talk by TCP, UDP, ICMP, ICMPv6 and GRE, over IPv4 and IPv6, ARP (also for themselves), and
/// frames without IP. Among the hosts are 10.0.0.1 and 10.0.0.11, and ports like 80 and 180.
inline std::vector<weir::Packet> packets(std::size_t count, std::uint64_t seed) {
  weir::Rng rng(seed);
  const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(rng.below(n)); };
  std::vector<weir::Packet> result;
  std::int64_t now = 1'600'000'000'123'456'789;
  constexpr std::array<std::uint16_t, 8> ports{80, 180, 443, 8080, 53, 5353, 40000, 50123};
  for (std::size_t i = 0; i < count; ++i) {
    weir::Packet p;
    // Mostly a few milliseconds, sometimes nothing, sometimes a minute.
    const std::size_t pause = pick(100);
    if (pause >= 3) now += static_cast<std::int64_t>(rng.exponential(4e6));
    if (pause == 99) now += static_cast<std::int64_t>(rng.exponential(2e10));
    p.time_ns = now;
    const std::size_t from = pick(9), to = pick(9);
    const std::array<unsigned, 9> last{1, 11, 2, 3, 4, 5, 80, 111, 200};
    p.src_mac = {2, 0, 0, 0, 0, static_cast<std::uint8_t>(from)};
    p.dst_mac = {2, 0, 0, 0, 0, static_cast<std::uint8_t>(to)};
    p.ether_type = 0x0800;
    p.ip_version = 4;
    p.src = ipv4(10, 0, 0, last[from]);
    p.dst = ipv4(10, 0, 0, last[to]);
    p.src_port = ports[pick(ports.size())];
    p.dst_port = ports[pick(ports.size())];
    constexpr std::array<std::uint32_t, 6> sizes{60, 66, 66, 590, 1514, 1514};
    p.wire_length = sizes[pick(sizes.size())];
    p.has_l4 = true;
    switch (const std::size_t kind = pick(20)) {
      case 0:
      case 1:  // ARP; half of them ask for themselves
        p.ether_type = 0x0806;
        p.ip_version = 0;
        p.has_l4 = false;
        p.src_port = p.dst_port = 0;
        if (kind == 0) p.dst = p.src;
        p.wire_length = 60;
        break;
      case 2:  // neither IP nor ARP
        p.ether_type = 0x88CC;
        p.ip_version = 0;
        p.src = p.dst = {};
        p.has_l4 = false;
        p.src_port = p.dst_port = 0;
        break;
      case 3:
        p.protocol = weir::ip_protocol::icmp;
        p.src_port = p.dst_port = 0;
        p.wire_length = 98;
        break;
      case 4:
        p.protocol = weir::ip_protocol::gre;
        p.src_port = p.dst_port = 0;
        p.has_l4 = false;
        break;
      case 5:
      case 6:
      case 7: {
        p.ip_version = 6;
        p.ether_type = 0x86DD;
        p.src = p.dst = {0x20, 0x01, 0x0d, 0xb8};
        p.src[15] = static_cast<std::uint8_t>(from);
        p.dst[15] = static_cast<std::uint8_t>(to);
        p.protocol = kind == 5 ? weir::ip_protocol::icmpv6 : weir::ip_protocol::udp;
        if (kind == 5) p.src_port = p.dst_port = 0;
        break;
      }
      case 8:
      case 9:
      case 10: p.protocol = weir::ip_protocol::udp; break;
      default:
        p.protocol = weir::ip_protocol::tcp;
        p.wire_length += static_cast<std::uint32_t>(pick(3));
        break;
    }
    result.push_back(p);
  }
  return result;
}

// --------------------------------------------------------------------------------------------- AfterImage

inline std::string ip_text(const weir::IpAddress& a, int version) {
  std::string text;
  if (version == 4) {
    for (std::size_t i = 0; i < 4; ++i) text += (i > 0 ? "." : "") + std::to_string(a[i]);
    return text;
  }
  // All IPv6 addresses of the stream are 2001:db8:: and a last byte.
  constexpr const char* digits = "0123456789abcdef";
  text = "2001:db8::";
  if (a[15] >= 16) text += digits[a[15] / 16];
  if (a[15] > 0) text += digits[a[15] % 16];
  return text;
}
inline std::string mac(const weir::MacAddress& m) {
  constexpr const char* digits = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < 6; ++i)
    text += (i > 0 ? std::string(":") : "") + digits[m[i] / 16] + digits[m[i] % 16];
  return text;
}

struct Names {
  std::string source_mac, source, destination, source_socket, destination_socket;
};

/// As Kitsune-py joins them.
inline Names joined_names(const weir::Packet& p) {
  const bool arp = p.ether_type == 0x0806;
  Names n{mac(p.src_mac), mac(p.src_mac), mac(p.dst_mac), "", ""};
  if (p.ip_version != 0 || arp) {
    n.source = ip_text(p.src, arp ? 4 : p.ip_version);
    n.destination = ip_text(p.dst, arp ? 4 : p.ip_version);
  }
  std::string sp, dp;
  if (p.protocol == 6 || p.protocol == 17) sp = std::to_string(p.src_port), dp = std::to_string(p.dst_port);
  if (p.ip_version == 4 && p.protocol == 1) sp = dp = "icmp";
  n.source_socket = arp ? mac(p.src_mac) : n.source + sp;
  n.destination_socket = arp ? mac(p.dst_mac) : n.destination + dp;
  return n;
}
/// With what tells different things apart.
inline Names separate_names(const weir::Packet& p) {
  Names n = joined_names(p);
  if (p.ip_version != 0) {
    const std::string protocol = "|" + std::to_string(p.protocol) + "|";
    n.source_socket = n.source + protocol + std::to_string(p.src_port);
    n.destination_socket = n.destination + protocol + std::to_string(p.dst_port);
  }
  n.source_mac += "|";
  return n;
}

/// Kitsune-py, with its faults; one lambda.
class Compat {
 public:
  struct Stream {
    std::string id;
    double t, cf1 = 0, cf2 = 0, w = 1e-20, mean = 0, var = 0;
  };
  struct Pair {
    std::string a, b;
    double t, cf3 = 0, w3 = 1e-20, ra = 0, rb = 0;
  };

  Compat(double lambda) : lambda_(lambda) {}

  Vector one(const std::string& id, double t, double v, bool gap = false) {
    Stream& s = stream(id, t);
    if (gap) v = t - s.t > 0 ? t - s.t : 0;
    decay(s, t);
    s.cf1 += v;
    s.cf2 += square(v);
    s.w += 1;
    s.mean = s.cf1 / s.w;
    s.var = std::fabs(alone(s.cf2 / s.w) - square(s.mean));
    for (Pair& p : pairs_) {
      if (p.a == id || p.b == id) update(p, id, v, t);
      if (p.a == id && p.b == id) update(p, id, v, t);  // it hangs on the stream twice
    }
    return {s.w, s.mean, s.var};
  }
  Vector two(const std::string& id, const std::string& other, double t, double v) {
    Vector result = one(id, t, v);
    stream(other, t);
    Pair* pair = nullptr;
    for (Pair& p : pairs_) {
      const bool mine = p.a == id || p.b == id;
      if (pair == nullptr && mine && (p.a == other || p.b == other)) pair = &p;
    }
    if (pair == nullptr) {
      pairs_.push_back({id, other, t});
      pair = &pairs_.back();
    }
    update(*pair, id, v, t);
    const Stream &a = stream(pair->a, t), &b = stream(pair->b, t);
    const double cov = pair->cf3 / pair->w3;
    const double ss = alone(std::sqrt(a.var) * std::sqrt(b.var));
    for (const double x : {std::sqrt(square(a.var) + square(b.var)),
                           std::sqrt(square(a.mean) + square(b.mean)), cov, ss != 0 ? cov / ss : 0}) {
      result.push_back(x);
    }
    return result;
  }

 private:
  Stream& stream(const std::string& id, double t) {
    for (Stream& s : streams_) {
      if (s.id == id) return s;
    }
    streams_.reserve(10'000);  // references stay
    streams_.push_back({id, t});
    return streams_.back();
  }
  void decay(Stream& s, double t) {
    if (t - s.t <= 0) return;
    const double factor = std::pow(2.0, -lambda_ * (t - s.t));
    s.cf1 = alone(s.cf1 * factor);
    s.cf2 = alone(s.cf2 * factor);
    s.w = alone(s.w * factor);
    s.t = t;
  }
  void update(Pair& p, const std::string& id, double v, double t) {
    const bool first = p.a == id;
    decay(stream(first ? p.b : p.a, t), t);
    if (t - p.t > 0) {
      const double factor = std::pow(2.0, -lambda_ * (t - p.t));
      p.cf3 = alone(p.cf3 * factor);
      p.w3 = alone(p.w3 * factor);
      p.t = t;
    }
    const double r = v - stream(id, t).mean;
    p.cf3 += alone(r * (first ? p.rb : p.ra));
    p.w3 += 1;
    (first ? p.ra : p.rb) = r;
  }

  double lambda_;
  std::vector<Stream> streams_;
  std::vector<Pair> pairs_;
};

inline std::vector<Vector> compat_features(const std::vector<weir::Packet>& packets) {
  std::vector<Compat> mi, hh, jit, hp;
  for (const double lambda : lambdas) {
    for (auto* part : {&mi, &hh, &jit, &hp}) part->emplace_back(lambda);
  }
  std::vector<Vector> result;
  for (const weir::Packet& p : packets) {
    const Names n = joined_names(p);
    const std::string nanos = std::to_string(1'000'000'000 + p.time_ns % 1'000'000'000).substr(1);
    const double t = std::stod(std::to_string(p.time_ns / 1'000'000'000) + "." + nanos);  // as from a text
    const double v = p.wire_length;
    Vector x;
    const auto append = [&](const Vector& more) { x.insert(x.end(), more.begin(), more.end()); };
    for (Compat& c : mi) append(c.one(n.source_mac + n.source, t, v));
    for (Compat& c : hh) append(c.two(n.source, n.destination, t, v));
    for (Compat& c : jit) append(c.one(n.source + n.destination, t, 0, true));
    for (Compat& c : hp) append(c.two(n.source_socket, n.destination_socket, t, v));
    result.push_back(x);
  }
  return result;
}

/// The definitions themselves: sums over all that a stream has ever seen, weighted by 2^(-lambda age).
class Past {
 public:
  void add(std::int64_t t, double v) { seen_.emplace_back(t, v); }
  [[nodiscard]] bool empty() const { return seen_.empty(); }
  [[nodiscard]] std::int64_t last() const { return seen_.back().first; }
  /// Weight, mean, variance and the last value's distance from the mean, as of the last value. Reckoned from
  /// the last value, so that nothing is lost when it outweighs all others.
  [[nodiscard]] std::array<double, 4> at_last(double lambda) const {
    if (seen_.empty()) return {0, 0, 0, 0};
    const double origin = seen_.back().second;
    double w = 0, sum = 0, squares = 0;
    for (const auto& [t, v] : seen_) w += weight(lambda, t), sum += weight(lambda, t) * (v - origin);
    const double mean = sum / w;
    for (const auto& [t, v] : seen_) squares += weight(lambda, t) * (v - origin - mean) * (v - origin - mean);
    return {w, origin + mean, squares / w, -mean};
  }

 private:
  [[nodiscard]] double weight(double lambda, std::int64_t t) const {
    return std::exp2(-lambda * static_cast<double>(last() - t) * 1e-9);
  }
  std::vector<std::pair<std::int64_t, double>> seen_;
};

class Corrected {
 public:
  explicit Corrected(bool paper) : paper_(paper) {}

  Vector operator()(const weir::Packet& p) {
    const Names n = separate_names(p);
    const double v = p.wire_length;
    Vector x;
    one(x, "mi " + n.source_mac + n.source, p.time_ns, v);
    if (paper_) one(x, "h " + n.source, p.time_ns, v);
    two(x, "hh ", n.source, n.destination, p.time_ns, v);
    const std::string jit = "jit " + n.source + " " + n.destination;
    const double gap = past_[jit].empty() ? 0 : static_cast<double>(p.time_ns - past_[jit].last()) * 1e-9;
    one(x, jit, p.time_ns, gap);
    two(x, "hp ", n.source_socket, n.destination_socket, p.time_ns, v);
    return x;
  }

 private:
  void one(Vector& x, const std::string& id, std::int64_t t, double v) {
    past_[id].add(t, v);
    for (const double lambda : lambdas) append(x, past_[id].at_last(lambda));
  }
  static void append(Vector& x, const std::array<double, 4>& s) {
    x.insert(x.end(), {s[0], s[1], std::sqrt(s[2])});
  }
  void two(Vector& x, const std::string& kind, const std::string& from, const std::string& to, std::int64_t t,
           double v) {
    const std::string i = kind + from + (paper_ ? " to " + to : ""),
                      j = kind + to + (paper_ ? " to " + from : "");
    const std::string pair = kind + std::min(from, to) + " and " + std::max(from, to);
    past_[i].add(t, v);
    for (std::size_t k = 0; k < lambdas.size(); ++k) {
      const auto a = past_[i].at_last(lambdas[k]), b = past_[j].at_last(lambdas[k]);
      append(x, a);
      double& mine = residual_[pair + " from " + from][k];
      const double r = a[3];
      Past& products = products_[pair][k];
      products.add(t, r * residual_[pair + " from " + to][k]);
      mine = r;
      const double cov = products.at_last(lambdas[k])[1];
      const double ss = std::sqrt(a[2]) * std::sqrt(b[2]);
      x.push_back(std::sqrt(a[2] * a[2] + b[2] * b[2]));
      x.push_back(std::sqrt(a[1] * a[1] + b[1] * b[1]));
      x.push_back(cov);
      x.push_back(ss == 0 ? 0 : std::clamp(cov / ss, -1.0, 1.0));
    }
  }

  bool paper_;
  std::map<std::string, Past> past_;
  std::map<std::string, std::array<double, 5>> residual_;
  std::map<std::string, std::array<Past, 5>> products_;
};

// ------------------------------------------------------------------------------------------------ KitNET

using Map = std::vector<std::vector<std::size_t>>;

/// Correlation distance and scipy's single linkage, step by step.
class Mapper {
 public:
  explicit Mapper(std::size_t n) : n_(n), c_(n), crs_(n), C_(n, Vector(n)) {}
  void add(const Vector& x) {
    ++count_;
    Vector r(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      c_[i] += x[i];
      r[i] = x[i] - alone(c_[i] / count_);
      crs_[i] += alone(r[i] * r[i]);
    }
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < n_; ++j) C_[i][j] += alone(r[i] * r[j]);
    }
  }
  [[nodiscard]] Map map(std::size_t m) const {
    std::vector<Vector> D(n_, Vector(n_));
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < n_; ++j) {
        double root = std::sqrt(crs_[i]) * std::sqrt(crs_[j]);
        if (root == 0) root = 1e-100;
        D[i][j] = 1 - C_[i][j] / root;
        if (D[i][j] < 0) D[i][j] = 0;
      }
    }
    return cut(D, m);
  }
  /// The groups of any distances.
  [[nodiscard]] static Map cut(const std::vector<Vector>& D, std::size_t m) {
    struct Row {
      std::size_t a, b;
      double d;
    };
    const std::size_t n = D.size();
    std::vector<Row> rows;
    std::vector<bool> merged(n);
    Vector near(n, std::numeric_limits<double>::infinity());
    for (std::size_t k = 0, x = 0, y = 0; k + 1 < n; ++k, x = y) {
      merged[x] = true;
      double smallest = std::numeric_limits<double>::infinity();
      for (std::size_t i = 0; i < n; ++i) {
        if (merged[i]) continue;
        if (near[i] > D[x][i]) near[i] = D[x][i];
        if (near[i] < smallest) y = i, smallest = near[i];
      }
      rows.push_back({x, y, smallest});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.d < b.d; });
    std::vector<std::vector<std::size_t>> leaves;           // of each node
    std::vector<std::pair<std::size_t, std::size_t>> sons;  // of node n + i
    std::vector<std::size_t> node(n);                       // that a leaf is in
    for (std::size_t i = 0; i < n; ++i) node[i] = i, leaves.push_back({i});
    for (const Row& row : rows) {
      const std::size_t a = std::min(node[row.a], node[row.b]), b = std::max(node[row.a], node[row.b]);
      sons.emplace_back(a, b);
      std::vector<std::size_t> both = leaves[a];
      both.insert(both.end(), leaves[b].begin(), leaves[b].end());
      for (const std::size_t leaf : both) node[leaf] = leaves.size();
      leaves.push_back(both);
    }
    Map map;
    break_up(leaves, sons, n, leaves.size() - 1, m, map);
    return map;
  }

 private:
  static void break_up(const Map& leaves, const std::vector<std::pair<std::size_t, std::size_t>>& sons,
                       std::size_t n, std::size_t at, std::size_t m, Map& map) {
    if (leaves[at].size() <= m) return map.push_back(leaves[at]);
    break_up(leaves, sons, n, sons[at - n].first, m, map);
    break_up(leaves, sons, n, sons[at - n].second, m, map);
  }

  std::size_t n_;
  double count_ = 0;
  Vector c_, crs_;
  std::vector<Vector> C_;
};

class Autoencoder {
 public:
  explicit Autoencoder(std::size_t n)
      : n_(n),
        h_(static_cast<std::size_t>(std::ceil(static_cast<double>(n) * .75))),
        W_(n, Vector(h_)),
        hb_(h_),
        vb_(n),
        low_(n, std::numeric_limits<double>::infinity()),
        high_(n, -low_[0]) {
    std::mt19937 engine(1234);
    for (Vector& row : W_) {
      for (double& w : row) {
        const unsigned long a = engine() >> 5, b = engine() >> 6;
        const double u = (static_cast<double>(a) * 67108864.0 + static_cast<double>(b)) / 9007199254740992.0;
        w = (2 * u - 1) / static_cast<double>(n);
      }
    }
  }
  double train(const Vector& raw) {
    for (std::size_t i = 0; i < n_; ++i)
      low_[i] = std::min(low_[i], raw[i]), high_[i] = std::max(high_[i], raw[i]);
    const double rmse = execute(raw);
    Vector d(h_);
    for (std::size_t j = 0; j < h_; ++j) {
      for (std::size_t i = 0; i < n_; ++i) d[j] += (x_[i] - z_[i]) * W_[i][j];
      d[j] *= y_[j] * (1 - y_[j]);
    }
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < h_; ++j) W_[i][j] += .1 * (x_[i] * d[j] + (x_[i] - z_[i]) * y_[j]);
      vb_[i] += .1 * (x_[i] - z_[i]);
    }
    for (std::size_t j = 0; j < h_; ++j) hb_[j] += .1 * d[j];
    return rmse;
  }
  double execute(const Vector& raw) {
    x_.assign(n_, 0), z_ = x_, y_.assign(h_, 0);
    for (std::size_t i = 0; i < n_; ++i) x_[i] = (raw[i] - low_[i]) / (high_[i] - low_[i] + 1e-16);
    for (std::size_t j = 0; j < h_; ++j) {
      for (std::size_t i = 0; i < n_; ++i) y_[j] += x_[i] * W_[i][j];
      y_[j] = 1 / (1 + std::exp(-y_[j] - hb_[j]));
    }
    double sum = 0;
    for (std::size_t i = 0; i < n_; ++i) {
      for (std::size_t j = 0; j < h_; ++j) z_[i] += y_[j] * W_[i][j];
      z_[i] = 1 / (1 + std::exp(-z_[i] - vb_[i]));
      sum += (x_[i] - z_[i]) * (x_[i] - z_[i]);
    }
    return std::sqrt(sum / static_cast<double>(n_));
  }

 private:
  std::size_t n_, h_;
  std::vector<Vector> W_;
  Vector hb_, vb_, low_, high_, x_, y_, z_;
};

class Net {
 public:
  Net(std::size_t n, std::size_t m, std::size_t map_samples, std::size_t train_samples)
      : mapper_(n), m_(m), fm_(map_samples), ad_(train_samples) {}

  double process(const Vector& x) {
    if (trained_ > fm_ + ad_) return run(x, false);
    if (map.empty()) {
      mapper_.add(x);
      if (trained_ == fm_) {
        map = mapper_.map(m_);
        for (const auto& group : map) ensemble_.emplace_back(group.size());
        ensemble_.emplace_back(map.size());
      }
    } else {
      run(x, true);
    }
    ++trained_;
    return 0;
  }

  Map map;

 private:
  double run(const Vector& x, bool train) {
    Vector errors;
    for (std::size_t k = 0; k < map.size(); ++k) {
      Vector part;
      for (const std::size_t i : map[k]) part.push_back(x[i]);
      errors.push_back(train ? ensemble_[k].train(part) : ensemble_[k].execute(part));
    }
    return train ? ensemble_.back().train(errors) : ensemble_.back().execute(errors);
  }

  Mapper mapper_;
  std::vector<Autoencoder> ensemble_;  // the output last
  std::size_t m_, fm_, ad_, trained_ = 0;
};

}  // namespace kitsune_reference
