// The search kernel once more in C++, to see what numba leaves on the table.
// Same arrays, same indexed heap with four children, same answer. Compiled by drive_times.py: g++ -O3 -shared.
#include <cstdint>
#include <limits>
#include <vector>

namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

struct Heap {
    std::vector<double> key;
    std::vector<int32_t> state;
    std::vector<int32_t> at_of;  // -1: not in the heap
    int32_t n = 0;

    explicit Heap(int64_t n_states) : key(n_states), state(n_states), at_of(n_states, -1) {}

    void rise(int32_t at) {
        const double moved_key = key[at];
        const int32_t moved = state[at];
        while (at > 0) {
            const int32_t parent = (at - 1) >> 2;
            if (key[parent] <= moved_key) break;
            key[at] = key[parent];
            state[at] = state[parent];
            at_of[state[at]] = at;
            at = parent;
        }
        key[at] = moved_key;
        state[at] = moved;
        at_of[moved] = at;
    }

    void put(int32_t s, double time) {
        if (at_of[s] < 0) {
            at_of[s] = n;
            state[n] = s;
            ++n;
        }
        key[at_of[s]] = time;
        rise(at_of[s]);
    }

    void drop_first() {
        at_of[state[0]] = -1;
        if (--n == 0) return;
        const double moved_key = key[n];
        const int32_t moved = state[n];
        int32_t at = 0;
        for (;;) {
            const int32_t child = 4 * at + 1;
            if (child >= n) break;
            int32_t least = child;
            double least_key = key[child];
            const int32_t end = child + 4 < n ? child + 4 : n;
            for (int32_t other = child + 1; other < end; ++other) {
                if (key[other] < least_key) {
                    least = other;
                    least_key = key[other];
                }
            }
            if (least_key >= moved_key) break;
            key[at] = least_key;
            state[at] = state[least];
            at_of[state[at]] = at;
            at = least;
        }
        key[at] = moved_key;
        state[at] = moved;
        at_of[moved] = at;
    }
};

}  // namespace

extern "C" {

// Writes the pairs of source and state within a limit, source after source; returns how many. Stops where room ends.
int64_t pairs_within(const int64_t* start, const int32_t* head, const double* time_s, int64_t n_states,
                     const int32_t* sources, int64_t n_sources, double limit_s, int64_t room, int32_t* counts,
                     int32_t* out_point, double* out_time_s) {
    Heap heap(n_states);
    std::vector<double> label(n_states, kFar);
    std::vector<int32_t> touched(n_states);
    int64_t n_pairs = 0;
    for (int64_t source = 0; source < n_sources; ++source) {
        int64_t n_touched = 0;
        label[sources[source]] = 0.0;
        touched[n_touched++] = sources[source];
        heap.put(sources[source], 0.0);
        int32_t count = 0;
        while (heap.n > 0) {
            const int32_t here = heap.state[0];
            const double so_far = heap.key[0];
            heap.drop_first();
            if (n_pairs < room) {
                out_point[n_pairs] = here;
                out_time_s[n_pairs] = so_far;
                ++n_pairs;
                ++count;
            }
            for (int64_t k = start[here]; k < start[here + 1]; ++k) {
                const double time = so_far + time_s[k];
                const int32_t s = head[k];
                if (time <= limit_s && time < label[s]) {
                    if (label[s] == kFar) touched[n_touched++] = s;
                    label[s] = time;
                    heap.put(s, time);
                }
            }
        }
        counts[source] = count;
        for (int64_t i = 0; i < n_touched; ++i) label[touched[i]] = kFar;
    }
    return n_pairs;
}

// Writes for every state the seconds from the nearest source and which one that is, the lowest of equally near ones.
void nearest(const int64_t* start, const int32_t* head, const double* time_s, int64_t n_states,
             const int32_t* sources, int64_t n_sources, double* label, int32_t* owner) {
    Heap heap(n_states);
    for (int64_t s = 0; s < n_states; ++s) {
        label[s] = kFar;
        owner[s] = -1;
    }
    for (int64_t source = 0; source < n_sources; ++source) {
        if (label[sources[source]] == 0.0) continue;
        label[sources[source]] = 0.0;
        owner[sources[source]] = static_cast<int32_t>(source);
        heap.put(sources[source], 0.0);
    }
    while (heap.n > 0) {
        const int32_t here = heap.state[0];
        heap.drop_first();
        for (int64_t k = start[here]; k < start[here + 1]; ++k) {
            const double time = label[here] + time_s[k];
            const int32_t s = head[k];
            if (time < label[s] || (time == label[s] && owner[here] < owner[s])) {
                label[s] = time;
                owner[s] = owner[here];
                heap.put(s, time);
            }
        }
    }
}
}
